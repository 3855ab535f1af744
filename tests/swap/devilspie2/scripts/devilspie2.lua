-- Which scripts run when: the table that devilspie2 reads first.
scripts_window_open = { "windows.lua" }
debug_print "said ready"
