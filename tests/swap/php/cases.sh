# packages: php-cli php-luasandbox
# loads: /usr/lib/php/*/luasandbox.so

swap "php sandbox" "TimeoutError" php "$files/sandbox.php"
