<?php
/* Makes the site of a fresh database: the administrator, addresses, the theme, and the posts of a JSON file. */
function wp_new_blog_notification(): void {} // there is nobody to write to
define('WP_INSTALLING', true);
$plan = json_decode(stream_get_contents(STDIN), true, flags: JSON_THROW_ON_ERROR);
$_SERVER['HTTP_HOST'] = parse_url(getenv('ORIGIN_SITE'), PHP_URL_HOST);
$_SERVER['REQUEST_URI'] = '/';
require getenv('ORIGIN_ROOT') . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . WPINC . '/class-wp-rewrite.php';

wp_install($plan['title'], $plan['user'], 'editor@paper.example', true, '', $plan['password']);
wp_delete_post(1, true);
switch_theme($plan['theme']);
update_option('permalink_structure', '/%postname%/');
update_option('comment_moderation', 1);
update_option('show_comments_cookies_opt_in', 1);
foreach ($plan['posts'] as $post) {
    $made = wp_insert_post($post + ['post_author' => 1, 'post_status' => 'publish', 'post_type' => 'post'], true);
    if (is_wp_error($made)) {
        fwrite(STDERR, $made->get_error_message());
        exit(1);
    }
}
$GLOBALS['wp_rewrite']->init();
flush_rewrite_rules(false);
