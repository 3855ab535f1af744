# packages: uwsgi-core uwsgi-plugin-lua5.1
# loads: /usr/lib/uwsgi/plugins/lua51_plugin.so

uwsgi_serve() { # uwsgi_serve PLUGIN [OPTION...]
    local path server plugin=$1
    shift
    uwsgi --plugin "$plugin" --http-socket "127.0.0.1:$port" --http-socket-modifier1 6 --lua "$files/app.lua" \
        --cache2 name=c,items=20 --master --disable-logging --die-on-term "$@" >log 2>&1 &
    server=$!
    await listens "$port"
    for path in /hello?name=Ada /env /nothing /cache?k /cache?k /uwsgi /fail /failbody /none /memory /nothing; do
        echo "== $path"
        request "GET $path HTTP/1.0\r\nHost: here\r\nX-Two: b\r\n\r\n"
    done
    request "POST /post HTTP/1.0\r\nContent-Length: 17\r\n\r\none two one three"
    request "GET /big HTTP/1.0\r\n\r\n" | cksum
    stop $server
    grep -a -e '^loaded' -e 'app.lua' -e 'lua_State' -e 'version information' log
    rm -f log
}
export -f uwsgi_serve

swap "uwsgi one worker" "Hello, Ada!" bash -c 'uwsgi_serve lua51'
