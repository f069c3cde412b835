"""The lab: real browsers on links made to measure, each answer set beside what the plain origin takes."""
