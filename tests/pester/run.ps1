<#
.SYNOPSIS
Runs Pester files in this process, apart from what else is installed, and closes with one line of JSON.
.DESCRIPTION
Home, journal and module path are folders of this run, so that no copy that is installed and no record of yours is touched.
#>
param(
    [Parameter(Mandatory)] [string[]] $Path,
    # The manifest of the module that is tested; default that of the source tree.
    [string] $Manifest = (Join-Path $PSScriptRoot '../../HpcAgent.psd1')
)
$ErrorActionPreference = 'Stop'
$pester = Get-Module -ListAvailable Pester | Where-Object Version -GE '5.3' | Sort-Object Version -Descending | Select-Object -First 1
if (-not $pester) { throw 'Pester 5.3 or newer is needed: Install-PSResource Pester' }
$work = Join-Path ([IO.Path]::GetTempPath()) "hpc-agent-pester-$([guid]::NewGuid().ToString('N').Substring(0, 8))"
$null = New-Item -ItemType Directory (Join-Path $work 'home'), (Join-Path $work 'state')
$env:HOME = Join-Path $work 'home'
$env:HPC_JOURNAL_DIR = Join-Path $work 'state'
$env:HPC_LOCAL_LINGER_SEC = '3'
$env:HPC_LOCAL_SLOTS = '2'
$env:HPC_SSH_KEEP_SEC = '10'
$env:HPCAGENT_MANIFEST = (Resolve-Path $Manifest).Path
$env:HPCAGENT_WORK = $work
$env:POWERSHELL_TELEMETRY_OPTOUT = '1'
$env:POWERSHELL_UPDATECHECK = 'Off'
$env:PSModulePath = @((Join-Path $PSHOME 'Modules'), (Split-Path (Split-Path $pester.ModuleBase))) -join [IO.Path]::PathSeparator
Import-Module $pester.Path
try {
    $configuration = New-PesterConfiguration
    $configuration.Run.Path = $Path
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = 'None'
    $configuration.Output.RenderMode = 'Plaintext'
    $result = Invoke-Pester -Configuration $configuration
    $failures = @($result.Tests | Where-Object Result -EQ 'Failed' | ForEach-Object { "$($_.ExpandedPath): $(($_.ErrorRecord | ForEach-Object { "$_ ($($_.ScriptStackTrace -split '\n' -match 'Tests\.ps1' -join ' '))" }) -join '; ')" })
    $failures += @($result.Containers + $result.FailedBlocks | Where-Object { $_.ErrorRecord } | ForEach-Object { "$($_.Name ?? $_.Item): $(($_.ErrorRecord | ForEach-Object { "$_ ($($_.ScriptStackTrace -split '\n' -match 'Tests\.ps1' -join ' '))" }) -join '; ')" })
    $skipped = @($result.Tests | Where-Object Result -EQ 'Skipped' | ForEach-Object { "$($_.ExpandedPath): $($_.ErrorRecord)" })
    @{ passed = $result.PassedCount; failed = [Math]::Max($result.FailedCount, $failures.Count); skipped = $result.SkippedCount; failures = $failures; skips = $skipped } |
        ConvertTo-Json -Compress
    if ($failures) { exit 1 }
}
finally {
    # Their command lines hold the folder of this run, so that no other's scheduler is ended.
    foreach ($process in Get-Process hpc-agent, dotnet, pwsh -ErrorAction Ignore) {
        if ($process.Id -ne $PID -and $process.CommandLine -match 'supervise' -and $process.CommandLine.Contains($work)) { $process.Kill() }
    }
    Set-Location ([IO.Path]::GetTempPath())
    for ($i = 0; $i -lt 20 -and (Test-Path $work); $i++) {
        try { Remove-Item $work -Recurse -Force -ErrorAction Stop } catch { Start-Sleep -Milliseconds 100 }
    }
}
