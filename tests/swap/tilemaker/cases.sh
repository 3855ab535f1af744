# packages: tilemaker lua5.1
# loads: tilemaker
# misuses: lua_pushvalue of index 1 on an empty stack

tiles() { # tiles SCRIPT THREADS
    lua5.1 "$files/map.lua" >map.osm.pbf
    tilemaker --input map.osm.pbf --output out --config "$files/config.json" --process "$1" --threads "$2" >log 2>&1
    local tile status=$?
    grep -a -e lua -e Lua -e said -e 'version information' log
    # The order of features depends on where the heap puts them, so what is compared is the features, sorted.
    for tile in $(find out -name "*.pbf" | sort); do lua5.1 "$files/tile.lua" "$tile" >"$tile.txt"; done
    find out -name "*.pbf" -delete
    rm -f log map.osm.pbf
    return $status
}
export -f tiles

swap "tilemaker tiles" "Square 7" bash -c 'tiles "$files/process.lua" 1'
swap "tilemaker failing script" "attempt to" bash -c '{ tiles "$files/fail.lua" 1; } 2>/dev/null'
