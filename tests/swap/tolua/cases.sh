# packages: libtolua++5.1-dev liblua5.1-0-dev g++
# loads: tolua++5.1

tolua_generate() {
    tolua++5.1 -n orchestra -o orchestra_bind.cpp -H orchestra_bind.h "$files/orchestra.pkg"
    tolua++5.1 -P "$files/orchestra.pkg"
    tolua++5.1 "$files/broken.pkg"
    sed -i 's/ on [A-Z][a-z][a-z] [A-Z][a-z][a-z] .*\.$/ on DATE./' orchestra_bind.cpp orchestra_bind.h
}
tolua_run() {
    LD_LIBRARY_PATH= tolua++5.1 -n orchestra -o bind.cpp -H orchestra_bind.h "$files/orchestra.pkg"
    LD_LIBRARY_PATH= g++ -w -O1 -I. -I"$files" -I/usr/include/lua5.1 -o host "$files/host.cpp" bind.cpp -ltolua++5.1 -llua5.1 || return
    ./host "$files/use.lua"
    ./host /nonexistent/script.lua
    rm -f host bind.cpp orchestra_bind.h
}
export -f tolua_generate tolua_run

swap "tolua generate" "toluaI_\|tolua_orchestra" bash -c tolua_generate -
swap "tolua run" "hello from Cleo" bash -c tolua_run -
