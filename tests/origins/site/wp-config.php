<?php
/* The configuration of a private WordPress: everything that differs between two of them comes from the environment. */
define('DB_HOST', 'localhost:' . getenv('ORIGIN_SOCKET'));
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $purpose) {
    define("{$purpose}_KEY", hash('sha256', "{$purpose} key " . getenv('ORIGIN_SECRET')));
    define("{$purpose}_SALT", hash('sha256', "{$purpose} salt " . getenv('ORIGIN_SECRET')));
}
define('WP_HOME', getenv('ORIGIN_SITE'));
define('WP_SITEURL', getenv('ORIGIN_SITE'));
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_POST_REVISIONS', false);
$table_prefix = 'wp_';
if (($_SERVER['HTTP_X_FORWARDED_PROTO'] ?? '') === 'https') {
    $_SERVER['HTTPS'] = 'on';
}
if (!defined('ABSPATH')) {
    define('ABSPATH', __DIR__ . '/');
}
require_once ABSPATH . 'wp-settings.php';
