"""What an operator should know before readers do: examines a site and this machine, and says what to mend."""
