# packages: liblua5.1-0
# unpacked: kamailio kamailio-lua-modules
# loads: $unpacked/usr/lib/*/kamailio/modules/app_lua.so $unpacked/usr/lib/*/kamailio/modules/app_lua_sr.so

kamailio_serve() { # kamailio_serve SCRIPT
    local server library
    library=$(compgen -G "$unpacked/usr/lib/*/kamailio")
    cat >k.cfg <<END
debug=1
log_stderror=yes
log_name="kamailio"
children=1
fork=no
disable_tcp=yes
dns=no
rev_dns=no
auto_aliases=no
listen=udp:127.0.0.1:$port
mpath="$library/modules/"
loadmodule "kex.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "app_lua.so"
loadmodule "app_lua_sr.so"
modparam("app_lua_sr", "register", "sl")
modparam("app_lua_sr", "register", "maxfwd")
modparam("app_lua_sr", "register", "textops")
modparam("app_lua_sr", "register", "siputils")
modparam("app_lua", "load", "$1")
request_route {
  lua_run("route", "\$rm", "\$fU");
}
END
    LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$library "$unpacked/usr/sbin/kamailio" -f k.cfg -DD -E -Y "$PWD" -m 16 -M 4 >log 2>&1 &
    server=$!
    sip() { # sip METHOD USER [MAX-FORWARDS]
        printf '%s sip:%s@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1;rport\r\nMax-Forwards: %s\r\nFrom: <sip:ada@here>;tag=a\r\nTo: <sip:%s@here>\r\nCall-ID: 1@here\r\nCSeq: 1 %s\r\nX-Words: one two three two\r\nUser-Agent: test\r\nContent-Length: 0\r\n\r\n' \
            "$1" "$2" "${3:-70}" "$2" "$1" | dd bs=64K iflag=fullblock status=none >&5
        # A message is one datagram, written and read at once.
        timeout "${wait:-5}" dd bs=4096 count=1 status=none <&5 | tr -d '\r' | sed -e 's/rport=[0-9]*/rport=/' -e 's/tag=[0-9a-f.-]*/tag=/'
    }
    exec 5<>"/dev/udp/127.0.0.1/$port"
    await_sip() { sip OPTIONS ready 2>/dev/null | grep -q 'SIP/2.0'; }
    wait=0.2 await await_sip
    # From another port, so that a late answer to the above is none to what follows.
    exec 5>&- 5<>"/dev/udp/127.0.0.1/$port"
    wait=5
    sip OPTIONS ada; sip OPTIONS count; sip OPTIONS count; sip REGISTER bob; sip OPTIONS loop 0; sip MESSAGE words; sip OPTIONS fail; sip OPTIONS work; sip OPTIONS libraries
    exec 5>&-
    stop $server
    grep -a -e 'said' -e 'lua' -e 'version information' log | sed -e 's/^.*kamailio\[[0-9]*\]: //' -e 's/([0-9]*) *//' -e 's/^ *[0-9]*//' | grep -v 'ready'
    rm -f log k.cfg ./*.pid
}
export -f kamailio_serve

swap "kamailio routes" "SIP/2.0 202" bash -c 'kamailio_serve "$files/route.lua"'
