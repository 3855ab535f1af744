# Ctrl-C: the running script ends with an error, its protected calls see one.

lua -e 'while true do end' >"$WORKDIR/interrupt.$$" 2>&1 &
sleep 0.5
kill -INT $!
wait $!
echo "status $?"
cat "$WORKDIR/interrupt.$$"

lua -e 'print(pcall(function() while true do end end)) print(debug.gethook())' >"$WORKDIR/interrupt.$$" 2>&1 &
sleep 0.5
kill -INT $!
wait $!
echo "status $?"
cat "$WORKDIR/interrupt.$$"
rm -f "$WORKDIR/interrupt.$$"
