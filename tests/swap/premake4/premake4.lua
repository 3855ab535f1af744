-- A solution with several kinds of projects, configurations, platforms and generated file lists.
solution "Orchestra"
  configurations { "Debug", "Release", "Profile" }
  platforms { "native", "x32", "x64" }
  location "build"
  defines { "ORCHESTRA=1", 'GREETING="hello world"' }

  configuration "Debug"
    flags { "Symbols", "ExtraWarnings" }
    defines { "DEBUG" }
  configuration "Release or Profile"
    flags { "OptimizeSpeed", "NoFramePointer" }
    defines { "NDEBUG" }

local parts = { "strings", "brass", "percussion" }
for index, name in ipairs(parts) do
  project(name)
    uuid(string.format("%08X-0000-4000-8000-%012X", index * 257, index * 65537))
    kind(index % 2 == 0 and "SharedLib" or "StaticLib")
    language(index == 3 and "C++" or "C")
    files { "src/" .. name .. "/**.c", "src/" .. name .. "/**.cpp", "src/" .. name .. "/**.h" }
    excludes { "src/**/skip_*.c" }
    includedirs { "include", "src/" .. name }
    targetname("orch_" .. name)
    configuration "Debug"
      targetsuffix "_d"
    configuration { "Release", "linux" }
      buildoptions { "-fvisibility=hidden" }
    configuration "not Debug"
      linkoptions { "-Wl,-O1" }
end

project "conductor"
  uuid "ABCDEF01-2345-4789-8BCD-EF0123456789"
  kind "ConsoleApp"
  language "C++"
  files { "src/conductor/*.cpp" }
  links(parts)
  links { "m" }
  libdirs { "lib" }
  prebuildcommands { "@echo before" }
  postbuildcommands { "@echo after $(TARGET)" }
  configuration "x32"
    defines { "BITS=32" }
  configuration "x64"
    defines { "BITS=64" }
  configuration "**/main.cpp"
    buildoptions { "-Wno-unused" }

-- An own option and an own action, which walk premake's own tables and write a report.
newoption { trigger = "verbose", description = "tell more" }
newoption { trigger = "level", value = "N", description = "a level", allowed = { { "low", "a little" }, { "high", "a lot" } } }

newaction {
  trigger = "report",
  description = "Write what the solution holds",
  execute = function()
    for sln in premake.solution.each() do
      printf("solution %s in %s", sln.name, path.getrelative(os.getcwd(), sln.location or sln.basedir))
      for prj in premake.solution.eachproject(sln) do
        for _, cfgname in ipairs(sln.configurations) do
          local cfg = premake.getconfig(prj, cfgname)
          printf("%s|%s %s %s %s", prj.name, cfgname, cfg.kind, cfg.buildtarget.name, table.concat(cfg.defines, ";"))
          printf("  flags %s", table.concat(table.translate(cfg.flags, function(f) return f:upper() end), " "))
        end
        local names = {}
        for _, file in ipairs(prj.files) do table.insert(names, (path.translate(file, "/"))) end
        table.sort(names)
        printf("  files %s", table.concat(names, " "))
      end
    end
    print(path.join("a", "../b/c"), path.getdirectory("x/y/z.c"), path.getbasename("x/y.tar.gz"), path.getextension("q.cpp"), path.isabsolute("/a"))
    print(os.is("linux"), os.isfile("premake4.lua"), os.isdir("src"), #os.matchfiles("src/**.c"), table.contains({ 1, 2 }, 2))
    print(table.implode({ "a", "b" }, "<", ">", ","), ("a;b;c"):explode(";")[2], ("text"):startswith("te"), ("text"):endswith("xt"))
    print(_OPTIONS["verbose"] or "quiet", _OPTIONS["level"], _ACTION, _ARGS[1])
  end,
}
