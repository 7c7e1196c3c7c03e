BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $null = New-Experiment
    $script:run = 1..5 | Submit-HpcRun 'sh task.sh {_}'
    $null = $script:run | Wait-HpcRun
}

Describe 'Each stream' {
    It 'shows every program that is started with -Verbose' -Skip:(-not (Get-Command git -ErrorAction Ignore)) {
        $null = git init --quiet 2>&1
        $messages = 6..7 | Submit-HpcRun 'sh task.sh {_}' -Name verbose -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] }
        "$messages" | Should -BeLike '*starts: git *ls-files*'
        $result = Invoke-Line "`$env:HPC_JOURNAL_DIR = '$env:HPCAGENT_WORK/other-state'; 1 | Submit-HpcRun 'sh task.sh {_}' -Wait -Verbose"
        $result.Output | Should -Match 'starts: \S+hpc-agent supervise \S+other-state'
    }

    It 'writes an error about one of several runs and goes on' {
        $found = 'nosuch', $run.RunId | ForEach-Object { [pscustomobject]@{ RunId = $_ } } | Get-HpcStatus -ErrorVariable problems -ErrorAction SilentlyContinue
        $found.RunId | Should -Be $run.RunId
        $problems.Count | Should -Be 1
        $problems[0].TargetObject | Should -Be 'nosuch'
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'SpecInvalid,*'
    }

    It 'gives errors an id, a category and a recommended action' -ForEach @(
        @{ Code = { 1 | Submit-HpcRun 'echo {_}' -Cluster nowhere }; Id = 'ClusterUnknown'; Category = 'ObjectNotFound'; Action = '*local*' }
        @{ Code = { 1 | Submit-HpcRun 'echo {x}' }; Id = 'SpecInvalid'; Category = 'InvalidArgument'; Action = '*{{x}}*' }
        @{ Code = { Import-HpcTaskSet nosuch.csv }; Id = 'SpecInvalid'; Category = 'InvalidArgument'; Action = '*path*' }
        @{ Code = { Get-HpcCluster nosuch -ErrorAction Stop }; Id = 'ClusterUnknown'; Category = 'ObjectNotFound'; Action = '*local*' }
        @{ Code = { New-HpcGrid @{} }; Id = 'SpecInvalid'; Category = 'InvalidArgument'; Action = '*axis*' }
    ) {
        $record = $null
        try { $null = & $Code } catch { $record = $_ }
        $record.FullyQualifiedErrorId | Should -BeLike "$Id,HpcAgent.Cmdlets.*"
        $record.CategoryInfo.Category | Should -Be $Category
        $record.ErrorDetails.RecommendedAction | Should -BeLike $Action
        $record.Exception | Should -BeOfType HpcAgent.HpcException
    }

    It 'writes what is wrong with a cluster as objects and not as errors' {
        $Error.Clear()
        $checks = Test-HpcCluster nosuch
        $Error | Should -BeNullOrEmpty
        $failed = @($checks | Where-Object State -EQ Failed)
        $failed.Name | Should -Be 'cluster_known'
        $failed.Remediation | Should -BeLike '*local*'
        @(Test-HpcCluster local, 'loc*' | Group-Object Name | Where-Object Count -GT 1) | Should -BeNullOrEmpty
        (Test-HpcCluster local -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] }) -match 'local passed at' | Should -Not -BeNullOrEmpty
        $again = Test-HpcCluster local -Force
        $again[0] | Should -BeOfType HpcAgent.ClusterCheck
        @($again | Where-Object State -EQ Failed) | Should -BeNullOrEmpty
    }

    It 'says where a task script went wrong' {
        Set-Content broken.ps1 "1`nthrow 'no luck'"
        { Import-HpcTaskSet broken.ps1 } | Should -Throw '*broken.ps1:2*no luck*'
    }

    It 'ends early with Select-Object -First, and with what comes after throwing' {
        (Get-HpcRunTask $run.RunId | Select-Object -First 2).Count | Should -Be 2
        { Get-HpcRunTask $run.RunId | ForEach-Object { throw 'downstream' } } | Should -Throw 'downstream'
        @(Get-HpcRunTask $run.RunId).Count | Should -Be 5
    }

    It 'stops at once when the user stops it, and the run goes on' {
        $long = 1 | Submit-HpcRun 'sleep 30' -Name stop
        foreach ($code in 'Wait-HpcRun', 'Watch-HpcRun', 'Get-HpcLog -Follow') {
            $shell = [powershell]::Create()
            $null = $shell.AddScript("Import-Module '$script:manifest'; Set-Location '$PWD'; 'ready'; $($code -replace '^\S+', "`$0 $($long.RunId)")")
            $output = [Management.Automation.PSDataCollection[psobject]]::new()
            $asked = $shell.BeginInvoke([Management.Automation.PSDataCollection[psobject]]::new(), $output)
            while ($output.Count -eq 0) { Start-Sleep -Milliseconds 20 }
            Start-Sleep -Milliseconds 300
            $asked.IsCompleted | Should -BeFalse
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $shell.Stop()
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 5
            "$($shell.InvocationStateInfo.State)" | Should -Be Stopped
            $shell.Dispose()
        }
        ($long | Get-HpcStatus).State | Should -Be InFlight
        $long | Stop-HpcRun -Confirm:$false
    }

    It 'stops a submission in the middle of its tasks, and nothing was submitted' {
        $before = @(Get-HpcRun).Count
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$script:manifest'; Set-Location '$PWD'; & { 1; 'ready' | Out-Host; 2..1000 | ForEach-Object { Start-Sleep -Milliseconds 20; `$_ } } | Submit-HpcRun 'sh task.sh {_}' -Name half")
        $null = $shell.BeginInvoke()
        Start-Sleep -Milliseconds 1500
        $shell.Stop()
        $shell.Dispose()
        @(Get-HpcRun).Count | Should -Be $before
        @(Get-ChildItem ([IO.Path]::GetTempPath()) -Filter 'hpc-agent-????????????????????????????????' -File | Where-Object { $_.CreationTime -gt (Get-Date).AddSeconds(-20) }).Count | Should -Be 0
    }
}

Describe 'Tasks from files' {
    It 'types a CSV as JSON would, and keeps it as text where that is asked' {
        Set-Content types.csv "i,d,t,s`n1,0.10,true,007"
        $task = Import-HpcTaskSet types.csv
        $task.i, $task.d, $task.t, $task.s | Should -Be 1, 0.1, $true, '007'
        $task.i | Should -BeOfType long
        $task.t | Should -BeOfType bool
        (Import-HpcTaskSet types.csv -AsText).d | Should -BeExactly '0.10'
    }

    It 'reads <_>' -ForEach 'json', 'jsonl', 'yaml', 'ps1', 'py' {
        if ($_ -eq 'py' -and -not (Get-Command python3 -ErrorAction Ignore)) { Set-ItResult -Skipped -Because 'there is no python3' ; return }
        $text = @{
            json  = '[{"a": 1, "l": [1, 2], "m": {"x": 1}}, {"a": 2, "l": [], "m": {"x": 2}}]'
            jsonl = "{`"a`": 1, `"l`": [1, 2], `"m`": {`"x`": 1}}`n{`"a`": 2, `"l`": [], `"m`": {`"x`": 2}}"
            yaml  = "- {a: 1, l: [1, 2], m: {x: 1}}`n- {a: 2, l: [], m: {x: 2}}"
            ps1   = '@{ a = 1; l = 1, 2; m = @{ x = 1 } }, @{ a = 2; l = @(); m = @{ x = 2 } }'
            py    = "def total(): return 2`ndef resolve(i): return {'a': i + 1, 'l': [1, 2] if i == 0 else [], 'm': {'x': i + 1}}"
        }
        Set-Content "in.$_" $text[$_]
        $tasks = @(Import-HpcTaskSet "in.$_")
        $tasks.Count | Should -Be 2
        $tasks[1].a | Should -Be 2
        $tasks[0].l | Should -Be 1, 2
        $tasks[1].m.x | Should -Be 2
        ($tasks | Submit-HpcRun 'sh task.sh {a}' -Name same).CmdSha | Should -Be '5b4b3dcc35b65d3616b46fbe2aed6bd8294004187a0ddaa77b1a5b9ec5d7b6f3'
    }

    It 'runs a script in the session of the caller' {
        $script:here = 5
        Set-Variable -Scope Global -Name fromSession -Value 41
        Set-Content session.ps1 '[pscustomobject]@{ x = $fromSession + 1; root = Split-Path -Leaf $PSScriptRoot }'
        (Import-HpcTaskSet session.ps1).x | Should -Be 42
        Get-ChildItem session.ps1 | Import-HpcTaskSet | ForEach-Object root | Should -Be (Split-Path -Leaf $PWD)
        Remove-Variable -Scope Global fromSession
    }

    It 'carries lists and maps whole' {
        $tasks = [pscustomobject]@{ list = 1, 2; map = @{ b = 1; a = 2 }; none = $null; text = "it's `"quoted`" `$HOME" }
        $run = $tasks | Submit-HpcRun 'cat "$HPC_PARAMS"; echo; printf %s {text}' -Name whole
        $null = $run | Wait-HpcRun
        $lines = ($run | Get-HpcLog -TaskId 0).Content -split '\n'
        $lines[0] | Should -BeExactly '{"list":[1,2],"map":{"a":2,"b":1},"none":null,"text":"it\u0027s \"quoted\" $HOME"}'
        $lines[1] | Should -BeExactly "it's `"quoted`" `$HOME"
    }
}
