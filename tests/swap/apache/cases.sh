# packages: apache2-bin libapache2-mod-security2
# loads: /usr/lib/apache2/modules/mod_security2.so

apache_serve() {
    local path server
    mkdir www
    echo "the page" >www/index.html
    cat >httpd.conf <<END
ServerRoot $PWD
ServerName here
PidFile $PWD/pid
Listen 127.0.0.1:$port
ErrorLog $PWD/error.log
LogLevel error
Mutex file:$PWD
LoadModule mpm_prefork_module /usr/lib/apache2/modules/mod_mpm_prefork.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule unique_id_module /usr/lib/apache2/modules/mod_unique_id.so
LoadModule security2_module /usr/lib/apache2/modules/mod_security2.so
StartServers 1
MinSpareServers 1
MaxSpareServers 1
User nobody
Group nogroup
DocumentRoot $PWD/www
SecRuleEngine On
SecRequestBodyAccess On
SecDataDir $PWD
SecAuditEngine Off
SecRule REQUEST_HEADERS:X-First "@rx ^(.*)$" "id:1,phase:1,pass,nolog,setvar:tx.first=%{matched_var}"
SecRuleScript $files/inspect.lua "id:2,phase:2,deny,status:403,log"
SecRuleScript $files/fail.lua "id:3,phase:2,pass,log"
SecAction "id:4,phase:2,pass,nolog,exec:$files/act.lua"
END
    chmod 755 .. . www
    # Apache ends its whole process group.
    setsid apache2 -f "$PWD/httpd.conf" -DFOREGROUND &
    server=$!
    await listens "$port"
    for path in '/index.html' '/index.html?q=plain&r=%41bc' '/index.html?q=union+select' '/index.html?deep=%2575nion' '/index.html?many=1&many=2&many=3' '/index.html?x=<script>' '/missing'; do
        echo "== $path"
        request "GET $path HTTP/1.0\r\nHost: here\r\nX-First: one\r\n\r\n" | sed '/^Date:\|^Last-Modified:\|^ETag:/d'
    done
    request "POST /index.html HTTP/1.0\r\nHost: here\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 18\r\n\r\nname=Ada&evil=drop" | sed '/^Date:\|^Last-Modified:\|^ETag:/d'
    stop $server
    echo "== the log"
    grep -a -e 'Lua' -e 'lua' -e ModSecurity error.log | sed -e 's/^\[[^]]*\] //' -e 's/pid [0-9:tid ]*/pid/g' -e 's/unique_id "[^"]*"/unique_id/' \
        -e 's/client [0-9.:]*/client/g' -e 's/in [0-9]* usec/in TIME/g'
    rm -rf error.log pid www httpd.conf ./*.dir ./*.pag
}
export -f apache_serve

swap "apache SecRuleScript" "the page" bash -c apache_serve
