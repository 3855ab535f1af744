# packages: genometools
# loads: gt

gt_run() { # gt_run ARGUMENTS: speck prints how long it took
    gt "$@" | sed 's/^Finished in .*/Finished/'
    return "${PIPESTATUS[0]}"
}
export -f gt_run

swap "genometools features" "unit05" bash -c 'gt_run "$@"' - "$files/features.lua" one two
swap "genometools streams" "seen=4" bash -c 'gt_run "$@"' - "$files/streams.lua" "$files/annotation.gff3"
swap "genometools select" "EDEN" bash -c 'gt_run "$@"' - select -rule_files "$files/rule.lua" -- "$files/annotation.gff3"
swap "genometools speck" "runtime error" bash -c 'gt_run "$@"' - speck -specfile "$files/spec.lua" "$files/annotation.gff3"
swap "genometools sketch" "<svg" bash -c 'gt_run "$@"' - sketch -format svg -style "$files/sketch.style" out.svg "$files/annotation.gff3"
swap "genometools eval help" "sensitivity" bash -c 'gt_run "$@"' - eval -help
swap "genometools broken script" "near" bash -c 'echo "x = = 1" >bad.lua; gt bad.lua' -
