# packages: crawl
# loads: /usr/games/crawl
# heavy

# Compiles some 160 files of level descriptions, each full of Lua, and keeps them as bytecode: the caches are compared
# byte for byte.
crawl_levels() {
    export HOME=$PWD
    /usr/games/crawl -builddb
    # The databases of texts are not Lua's work.
    rm -rf .crawl/saves/db
    echo "$(find .crawl -name '*.lux' | wc -l) files of bytecode"
    find .crawl -name "*.lux" -exec grep -l LuaQ {} + | wc -l
}
export -f crawl_levels

swap "crawl levels" "files of bytecode" bash -c crawl_levels
