# Local times in several zones, and in none.
script='for _, t in ipairs { 0, 1e9, 1719835200, 1e6, 2e9 } do print(os.date("%Y-%m-%d %H:%M:%S %Z", t), os.date("*t", t).isdst, os.time(os.date("*t", t)) == t) end'
for zone in UTC Europe/Berlin America/New_York EST5EDT XYZ-3 "" :UTC nonsense; do
	echo "zone $zone"
	TZ=$zone lua -e "$script"
done
unset TZ
echo "no zone"
lua -e "$script"
