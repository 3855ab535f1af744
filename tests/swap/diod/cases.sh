# unpacked: diod libmunge2 libwrap0
# loads: $unpacked/usr/sbin/diod

diod_libraries() { # what was unpacked beside it
    export LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$unpacked/usr/lib/x86_64-linux-gnu
}
diod_serve() { # diod_serve CONFIGURATION
    local server
    diod_libraries
    mkdir -p tree/1 tree/2 tree/3
    echo "the first" >tree/1/note
    echo "the second" >tree/2/note
    TREE=$PWD/tree "$unpacked/usr/sbin/diod" -f -c "$1" >log 2>&1 &
    server=$!
    if await listens "$port"; then
        for part in 1 2 3; do
            echo "== $part"
            "$unpacked/usr/sbin/diodls" -s "127.0.0.1:$port" -a "$PWD/tree/$part" -l / 2>&1 | sed 's/ [A-Z][a-z][a-z] .*:.. / DATE /'
            "$unpacked/usr/sbin/diodcat" -s "127.0.0.1:$port" -a "$PWD/tree/$part" note 2>&1
        done
    fi
    stop $server
    cat log
    rm -rf log tree
}
export -f diod_libraries diod_serve

# The configuration has no way to the environment, so what it needs is put before it.
prepared='{ echo "tree, port = \"$PWD/tree\", \"$port\""; cat "$files/share.lua"; } >diod.conf;'
swap "diod exports" "the second" bash -c "$prepared diod_serve diod.conf; rm diod.conf"
swap "diod broken configuration" "near" bash -c 'echo "listen = = 1" >bad.conf; diod_libraries; timeout 5 "$unpacked/usr/sbin/diod" -f -c bad.conf'
