# packages: devilspie2 xvfb x11-utils x11-apps matchbox-window-manager
# loads: devilspie2
# heavy

# Scripts for windows need windows: a display without a screen, a window manager, and two programs.
windows() {
    local server manager tool
    export HOME=$PWD XDG_RUNTIME_DIR=$PWD NO_AT_BRIDGE=1 GIO_USE_VFS=local
    exec 6>display
    Xvfb -displayfd 6 -screen 0 800x600x24 -nolisten tcp >/dev/null 2>&1 &
    server=$!
    await test -s display
    DISPLAY=:$(cat display)
    export DISPLAY
    matchbox-window-manager >/dev/null 2>&1 &
    manager=$!
    sleep 1
    timeout 60 devilspie2 --debug --folder "$1" >log 2>&1 &
    tool=$!
    sleep 1
    xlogo -geometry 200x100+10+10 -title "First window" &
    await grep -q "said end First" log
    xeyes -title "Second window" &
    await grep -q "said end Second" log
    kill %4 %5 2>/dev/null
    stop $tool
    stop $manager
    stop $server
    grep -a 'said\|lua' log
    rm -rf log display .config .cache .local
}
export -f windows

swap "devilspie2 windows" "said end Second" bash -c 'windows "$files/scripts"'
