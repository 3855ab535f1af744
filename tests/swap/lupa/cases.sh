# packages: python3 python3-lupa
# loads: /usr/lib/python3/dist-packages/lupa/_lupa.*.so
# replaces: libluajit-5.1.so.2

swap "lupa bridge" "from Python" /usr/bin/python3 "$files/bridge.py"
