# packages: neovim
# loads: nvim
# replaces: libluajit-5.1.so.2

edit() { # edit SCRIPT
    export HOME=$PWD XDG_CONFIG_HOME=$PWD XDG_DATA_HOME=$PWD XDG_STATE_HOME=$PWD XDG_CACHE_HOME=$PWD XDG_RUNTIME_DIR=$PWD
    timeout 60 nvim --headless -i NONE -u NONE --cmd "luafile $1" -c 'qa!' 2>&1 | tr -d '\r'
    rm -rf nvim
}
export -f edit

swap "nvim editor" "written by Lua" bash -c 'edit "$files/editor.lua"'
swap "nvim broken script" "near" bash -c 'echo "x = = 1" >bad.lua; edit bad.lua'
