<?php
/* Tests write comments faster than people. */
add_filter('wp_is_comment_flood', '__return_false', 99);

/* Sends what caching plug-ins send: tags, dates, ages, a packed body, a comment behind </html>. Only for addresses that
   begin with /kept-; those that begin with /members- say that nobody may keep them. */
add_action('template_redirect', function () {
    $path = $_SERVER['REQUEST_URI'];
    if (str_starts_with($path, '/members-')) {
        header('Cache-Control: private, no-store, max-age=0');
    }
    if (!str_starts_with($path, '/kept-') || is_user_logged_in()) {
        return;
    }
    ob_start(function (string $page): string {
        $page .= "\n<!-- Page kept by the cache of this site -->";
        $tag = '"' . md5($page) . '"';
        header('Cache-Control: public, max-age=600, s-maxage=3600');
        header('Expires: ' . gmdate('D, d M Y H:i:s', 4070908800) . ' GMT');
        header('Last-Modified: Tue, 05 Mar 2024 14:30:00 GMT');
        header("ETag: $tag");
        header('Vary: Accept-Encoding, Cookie', false);
        header('X-Cache: HIT');
        header('Age: 30');
        if (trim(wp_unslash($_SERVER['HTTP_IF_NONE_MATCH'] ?? '')) === $tag) {
            header('HTTP/1.1 304 Not Modified', true, 304);
            return '';
        }
        if (str_contains($_SERVER['HTTP_ACCEPT_ENCODING'] ?? '', 'gzip')) {
            header('Content-Encoding: gzip');
            $page = gzencode($page, 6);
        }
        header('Content-Length: ' . strlen($page));
        return $page;
    });
});
