# packages: elinks bsdutils
# loads: elinks

elinks_session() {
    export HOME=$PWD TERM=vt100
    mkdir .elinks
    cp "$files/hooks.lua" .elinks/
    cp "$files/page.html" .
    wait_for() { for _ in $(seq 200); do grep -q -a "^$1" hooks.log 2>/dev/null && return 0; sleep 0.05; done; echo "hook '$1' did not run" >&2; }
    (wait_for format; sleep 0.5; printf F; wait_for keyed; printf Q; wait_for quit) |
        timeout 30 script -qec "elinks -no-connect -session-ring 7 page.html" /dev/null >/dev/null
    rm -rf .elinks
}
export -f elinks_session

swap "elinks hooks" "libferrouslua" bash -c elinks_session -
