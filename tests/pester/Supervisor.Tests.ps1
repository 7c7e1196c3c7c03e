BeforeAll { . "$PSScriptRoot/common.ps1" }

Describe 'The embedded scheduler' -Skip:$IsWindows {
    BeforeAll {
        # A machine on which neither the shipped executable nor any other .NET starts.
        $script:bare = Join-Path $env:HPCAGENT_WORK 'bare'
        $null = New-Item -ItemType Directory $bare, (Join-Path $bare 'path')
        Copy-Item (Split-Path $script:manifest) (Join-Path $bare 'module') -Recurse -Exclude .git, src, tests, artifacts
        Set-Content (Join-Path $bare 'module/module/bin/cli/hpc-agent') "#!/bin/sh`nexit 131"
        foreach ($program in 'sh', 'bash', 'awk', 'cat', 'env', 'sleep', 'printf') {
            if ($found = Get-Command $program -CommandType Application -ErrorAction Ignore) {
                $null = New-Item -ItemType SymbolicLink -Path (Join-Path $bare "path/$program") -Target @($found)[0].Source
            }
        }
    }

    It 'runs in the PowerShell at hand where nothing else starts' {
        $null = New-Experiment
        $line = "`$env:PATH = '$bare/path'; `$env:HPC_JOURNAL_DIR = '$bare/state'; Import-Module '$bare/module/HpcAgent.psd1'; " +
            "1..3 | Submit-HpcRun 'sh task.sh {_}' -Wait -Verbose"
        $result = Invoke-Line $line -NoImport
        $result.Output | Should -Match 'starts: \S+pwsh .*supervise\.ps1'
        $result.Output | Should -Match 'Complete\s+sweep-\S+\s+3 complete'
    }

    It 'outlives the session that submitted' {
        $null = New-Experiment
        $result = Invoke-Line "1..2 | Submit-HpcRun 'sleep 1; sh task.sh {_}' | ForEach-Object RunId"
        (Wait-HpcRun $result.Output.Trim() -Timeout 60s).State | Should -Be Complete
    }
}
