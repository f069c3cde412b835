<?php
/* What Apache's rewriting does for WordPress: a file that is there answers for itself, all else is the front page's. */
$path = urldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/');
$file = realpath($_SERVER['DOCUMENT_ROOT'] . $path);
$inside = $file !== false && str_starts_with($file, $_SERVER['DOCUMENT_ROOT']);
if ($inside && is_dir($file) && is_file("$file/index.php") && $file !== $_SERVER['DOCUMENT_ROOT']) {
    if (!str_ends_with($path, '/')) {
        header("Location: $path/", true, 301);
        return true;
    }
    $file .= '/index.php';
}
if ($inside && is_file($file) && !str_ends_with($file, '.php')) {
    return false;
}
if (!$inside || !is_file($file)) {
    $file = $_SERVER['DOCUMENT_ROOT'] . '/index.php';
}
$_SERVER['SCRIPT_FILENAME'] = $file;
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = substr($file, strlen($_SERVER['DOCUMENT_ROOT']));
chdir(dirname($file));
require $file;
