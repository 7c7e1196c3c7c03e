# What the tests share. Each file runs it in BeforeAll.
$script:manifest = $env:HPCAGENT_MANIFEST
Import-Module $script:manifest
$PSStyle.OutputRendering = 'PlainText'

# A folder of an experiment with a program that does what its parameters say, and goes there.
function New-Experiment([string] $Name = 'sweep') {
    $folder = Join-Path $env:HPCAGENT_WORK "$Name-$([guid]::NewGuid().ToString('N').Substring(0, 6))" $Name
    $null = New-Item -ItemType Directory $folder
    Set-Content (Join-Path $folder 'task.sh') @'
# task.sh LOSS [EXIT]: says hello, writes metrics, ends with a code.
echo "hello $1"
[ "${2:-0}" = 0 ] || exit "$2"
printf '{"loss": %s, "n_samples": 1}\n' "$1" > "$RESULT_DIR/metrics.json"
'@
    Set-Location $folder
    $folder
}

# Runs lines in a pwsh of their own as a person would type them, and gives what it wrote.
function Invoke-Line([string] $Line, [string] $Folder = $PWD, [switch] $NoImport) {
    $import = $NoImport ? '' : "Import-Module '$script:manifest'; "
    $start = [Diagnostics.ProcessStartInfo]::new((Join-Path $PSHOME 'pwsh'))
    foreach ($argument in '-NoLogo', '-NoProfile', '-NonInteractive', '-Command', "`$PSStyle.OutputRendering = 'PlainText'; $import$Line") { $start.ArgumentList.Add($argument) }
    $start.WorkingDirectory = $Folder
    $start.RedirectStandardOutput = $start.RedirectStandardError = $start.RedirectStandardInput = $true
    $process = [Diagnostics.Process]::Start($start)
    $process.StandardInput.Close()
    $errors = $process.StandardError.ReadToEndAsync()
    $output = $process.StandardOutput.ReadToEnd()
    $process.WaitForExit()
    [pscustomobject]@{ ExitCode = $process.ExitCode; Output = $output; Error = $errors.Result; All = $output + $errors.Result }
}

# A home folder of one's own and an alias 'mycluster' in the configuration of ssh, as someone has who reads the docs; gives the folder of it all.
function New-Newcomer([string] $Name, $Facts) {
    $world = Join-Path $env:HPCAGENT_WORK "newcomer-$Name"
    $null = New-Item -ItemType Directory (Join-Path $world 'home/.hpc-agent'), (Join-Path $world 'bin')
    $env:HOME = Join-Path $world 'home'
    # ssh asks the system where home is, not HOME: a program before it names the configuration, and all else is ssh's own.
    (Get-Content -Raw $Facts.ssh_config) -replace '(?m)^(Host .*hpc-test)( .*)?$', '$1$2 mycluster' | Set-Content (Join-Path $world 'ssh_config')
    Set-Content (Join-Path $world 'bin/ssh') "#!/bin/sh`nexec $((Get-Command ssh).Source) -F '$world/ssh_config' `"`$@`""
    chmod 755 (Join-Path $world 'bin/ssh')
    $env:PATH = "$world/bin:$(Join-Path (Split-Path $script:manifest) 'module/bin/cli'):$env:PATH"
    $world
}

# The blocks of a page of docs, in their order.
function Get-DocBlock([string] $Page) {
    $text = (Get-Content -Raw (Join-Path $PSScriptRoot "../../docs/$Page")).Replace("`r", '')
    foreach ($block in [regex]::Matches($text, '(?s)```(\w+)\n(.*?)\n```')) { @{ Kind = $block.Groups[1].Value; Text = $block.Groups[2].Value } }
}

# What Tab proposes at the end of a line.
function Complete([string] $Line) {
    [System.Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null).CompletionMatches
}

# What a terminal of a width shows.
filter Show-Wide([int] $Width = 80) { $_ | Out-String -Width $Width }

# Makes an assembly of a name with one empty public class, and gives its path.
function New-Assembly([string] $Name, [string] $Class, [string] $Folder) {
    $builder = [System.Reflection.Emit.PersistedAssemblyBuilder]::new([Reflection.AssemblyName]::new("$Name, Version=1.0.0.0"), [object].Assembly)
    $null = $builder.DefineDynamicModule($Name).DefineType($Class, 'Public').CreateType()
    $path = Join-Path $Folder "$Name.dll"
    $builder.Save($path)
    $path
}
