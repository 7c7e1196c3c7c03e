# What somebody types who has not read the help. Each row is a line in a pwsh of its own: it works, or says clearly why not.
BeforeDiscovery {
    $rows = @(
        @{ Line = "(1..2 | Get-HpcPlan 'sh task.sh {_}' -Walltime 48:00:00).Resources.Walltime.TotalHours"; Output = '^48$' }
        @{ Line = "(1..2 | Get-HpcPlan 'sh task.sh {_}' -Walltime 2h).Resources.Walltime.TotalHours"; Output = '^2$' }
        @{ Line = "(1..2 | Get-HpcPlan 'sh task.sh {_}' -Walltime 1-00:00:00).Resources.Walltime.TotalHours"; Output = '^24$' }
        @{ Line = "(1..2 | Get-HpcPlan 'sh task.sh {_}' -Walltime 90s).Resources.Walltime.TotalSeconds"; Output = '^90$' }
        @{ Line = "(1..2 | Get-HpcPlan 'sh task.sh {_}' -Walltime 1d).Resources.Walltime.TotalHours"; Output = '^24$' }
        @{ Line = "`$time = '2h'; (1..2 | Get-HpcPlan 'sh task.sh {_}' -Walltime `$time).Resources.Walltime.TotalHours"; Output = '^2$' }
        @{ Line = "(1..2 | Get-HpcPlan 'sh task.sh {_}' -Walltime (New-TimeSpan -Minutes 90)).Resources.Walltime.TotalHours"; Output = '^1\.5$' }
        @{ Line = "1..2 | Get-HpcPlan 'sh task.sh {_}' -Walltime 30"; Says = '30 seconds or 30 minutes' }
        @{ Line = "1..2 | Get-HpcPlan 'sh task.sh {_}' -Walltime 1:30"; Says = '1 hours 30 minutes or 1 minutes 30 seconds' }
        @{ Line = "(1..2 | Get-HpcPlan 'sh task.sh {_}' -Memory 8GB -WarningAction Ignore -ErrorAction Ignore).Resources.MemoryBytes; 8GB"; Output = '8589934592' }
        @{ Line = "(1..2 | Get-HpcPlan 'sh task.sh {_}' -Memory 256M).Resources.MemoryBytes"; Output = '^268435456$' }
        @{ Line = "1..2 | Get-HpcPlan 'sh task.sh {_}' -Memory 8"; Says = '8 bytes.*512M' }
        @{ Line = "1..10 | Submit-HpcRun 'sh task.sh {_}' -Wait | ForEach-Object { `$_.Counts.CompleteCount }"; Output = '^10$' }
        @{ Line = "Get-ChildItem *.csv | Submit-HpcRun -Command 'wc -l {FullName}' -Wait | ForEach-Object { `$_.State }"; Output = '^Complete$' }
        @{ Line = "Get-ChildItem *.csv | Submit-HpcRun -Command 'wc -l x.csv'"; Says = 'FileInfo.*names none.*Select-Object' }
        @{ Line = "Get-ChildItem *.csv | Submit-HpcRun -Command 'wc -l {fullname}' -Wait | ForEach-Object { `$_.State }"; Output = '^Complete$' }
        @{ Line = "Get-ChildItem *.csv | Submit-HpcRun -Command 'wc -l {Path}'"; Says = "no property 'Path'" }
        @{ Line = "Get-ChildItem *.csv | Select-Object Name | Submit-HpcRun -Command 'wc -l {Name}' -Wait | ForEach-Object { `$_.State }"; Output = '^Complete$' }
        @{ Line = "Import-Csv a.csv | Submit-HpcRun 'sh task.sh {lr}' -Wait | ForEach-Object { `$_.Counts.ToString() }"; Output = '^2 complete$' }
        @{ Line = "[pscustomobject]@{ Command = 'c'; Name = 'n'; Cluster = 'x'; RunId = 'r' } | Submit-HpcRun 'echo {Command} {Name} {Cluster} {RunId}' -Wait | ForEach-Object { (Get-HpcLog -TaskId 0).Content.Trim() }"; Output = '^c n x r$' }
        @{ Line = "`$run = 1..2 | Submit-HpcRun 'sh task.sh {_}'; `$run | Submit-HpcRun 'sh task.sh {RunId}'"; Says = 'is a Run.*not a task' }
        @{ Line = "Get-HpcRun -Last 1 | Submit-HpcRun 'sh task.sh {_}'"; Says = 'gave no tasks' }
        @{ Line = "1..1000 | ForEach-Object { `$_ } | Submit-HpcRun 'sh task.sh {_}' -WhatIf | Select-Object -First 3; 'over'"; Output = 'What if: Submit .*1000 tasks[\s\S]*over' }
        @{ Line = "New-HpcGrid @{ a = 1..100000 } | Select-Object -First 3 | ForEach-Object a"; Output = '^1\s+2\s+3$' }
        @{ Line = "1..3 | Submit-HpcRun 'sh task.sh {x}' -ErrorAction Stop; 'not reached'"; Says = 'names no parameter'; Not = 'not reached' }
        @{ Line = "`$null = New-Item -ItemType Directory sub; Set-Location sub; 1..2 | Submit-HpcRun 'sh task.sh {_}' -Path .. -Wait | ForEach-Object { `$_.State }"; Output = '^Complete$' }
        @{ Line = "`$run = 1..2 | Submit-HpcRun 'sh task.sh {_}'; Set-Location /; (Wait-HpcRun `$run.RunId).State; (`$run | Get-HpcStatus).State"; Output = '^Complete\s+Complete$' }
        @{ Line = "`$c = [cultureinfo]::InvariantCulture.Clone(); `$c.NumberFormat.NumberDecimalSeparator = ','; [cultureinfo]::CurrentCulture = `$c; 0.5, 1.5 | Submit-HpcRun 'sh task.sh {_}' -Wait | Out-Null; `$g = Get-HpcRun -Last 1 | Invoke-HpcAggregate -By _; `$g.loss -join ';'; (`$g | Out-String).Trim()"; Output = '^0,5;1,5[\s\S]* 0\.5 ' }
        @{ Line = "`$run = 1..2 | Submit-HpcRun 'sh task.sh {_}'; Start-ThreadJob { Import-Module `$using:env:HPCAGENT_MANIFEST; `$using:run | Wait-HpcRun } | Receive-Job -Wait | ForEach-Object { `$_.State }"; Output = '^Complete$' }
        @{ Line = "`$null = 1..2 | Submit-HpcRun 'sh task.sh {_}'; `$x = Get-HpcRun; `$x | Wait-HpcRun | ForEach-Object { `$_.State }"; Output = '^Complete$' }
        @{ Line = "`$null = 1..4 | Submit-HpcRun 'sh task.sh {_}' -Wait; Get-HpcRun | Invoke-HpcAggregate -By _ | Export-Csv out.csv; (Get-Content out.csv)[0]"; Output = '"_","TaskCount","MissingCount","loss","loss_sd","loss_n"' }
        @{ Line = "1..3 | Submit-HpcRun 'sh task.sh {_}' -Canary -Wait | ForEach-Object { `$_.Counts.CompleteCount }"; Output = 'Canary \S+ passed[\s\S]*\b3$' }
        @{ Line = "1..3 | Submit-HpcRun 'pyhton3 train.py {_}' -Canary"; Says = 'did not pass \(command_not_found\).*pyhton3.*not found' }
        @{ Line = "1..3 | Submit-HpcRun '[ `$HPC_ATTEMPT -gt 1 ] || { echo MemoryError; exit 1; }' -Memory 64MB -AutoRetry -Wait | ForEach-Object { `$_.State }"; Output = 'auto retry 1: 3 tasks again: 3 x SystemOutOfMemory: memory 64 MB -> 128 MB[\s\S]*Complete$' }
        @{ Line = "1..2 | Submit-HpcRun 'echo MemoryError; exit 1' -AutoRetry 1 -Wait -WarningAction Ignore | ForEach-Object { `$_.State }; (Get-HpcRun -Last 1 | Get-HpcRunTask -TaskId 0).Attempt"; Output = 'Failed\s+2$' }
        @{ Line = "1..2 | Submit-HpcRun 'echo MemoryError; exit 1' -AutoRetry @{ SystemOutOfMemory = 0 } -Wait -WarningAction Ignore; (Get-HpcRun -Last 1 | Get-HpcRunTask -TaskId 0).Attempt"; Output = '1$' }
        @{ Line = "1..2 | Submit-HpcRun 'exit 1' -AutoRetry @{ system_oom = @{ MemoryFactor = 3; max_retries = 1 }; MaxRunRetries = 5 } | ForEach-Object RunId"; Output = '^\S+$' }
        @{ Line = "1..2 | Submit-HpcRun 'exit 1' -AutoRetry @{ OutOfMemory = 2 }"; Says = "auto_retry names 'OutOfMemory'" }
        @{ Line = "1..2 | Submit-HpcRun 'exit 1' -AutoRetry often"; Says = "'often' is no policy.*-AutoRetry 2" }
        @{ Line = "1..2 | Submit-HpcRun python train.py"; Says = "'train.py' is no policy.*whole command between quotes" }
        @{ Line = "1..2 | Submit-HpcRun 'sleep' 5"; Says = 'not clear what 5 is meant for.*whole command between quotes' }
        @{ Line = "1..2 | Submit-HpcRun 'exit 1' -AutoRetry:`$false -Wait | ForEach-Object { `$_.State }"; Output = '^Failed$' }
        @{ Line = "1..2 | Submit-HpcRun '[ `$HPC_ATTEMPT -gt 1 ] || { echo MemoryError; exit 1; }' | Wait-HpcRun -AutoRetry | ForEach-Object { `$_.State }"; Output = 'auto retry 1: 2 tasks again[\s\S]*Complete$' }
        @{ Line = "1..2 | Submit-HpcRun 'exit 1' | Watch-HpcRun -AutoRetry 2"; Says = '2 was taken for the name of a run.*-RetryPolicy 2' }
        @{ Line = "1..2 | Submit-HpcRun 'exit 1' | Wait-HpcRun -AutoRetry @{ system_oom = 2 }"; Says = 'a hashtable names no run.*-RetryPolicy' }
        @{ Line = "Submit-HpcRun 'sh task.sh {_}'"; Says = 'no tasks.*tasks' }
        @{ Line = "Submit-HpcRun 'sh task.sh {_}' -InputObject (1..3) -Wait | ForEach-Object { `$_.Counts.CompleteCount }"; Output = '^3$' }
        @{ Line = "`$null = New-Item -ItemType Directory .hpc; Set-Content .hpc/tasks.ps1 '1..3 | ForEach-Object { [pscustomobject]@{ x = `$_ } }'; Submit-HpcRun 'sh task.sh {x}' -Wait | ForEach-Object { `$_.Counts.CompleteCount }"; Output = '^3$' }
        @{ Line = "1..3 | Submit-HpcRun `"awk 'BEGIN {print 1}'`" -Wait | ForEach-Object { `$_.State }"; Output = '^Complete$' }
        @{ Line = "1..3 | Submit-HpcRun 'sh task.sh {_}' -Cluster nowhere"; Says = "no cluster named 'nowhere'.*local" }
        @{ Line = "`$null | Submit-HpcRun 'sh task.sh {_}'"; Says = 'is \$null' }
        @{ Line = "@() | Submit-HpcRun 'sh task.sh {_}'"; Says = 'gave no tasks' }
        @{ Line = ",(1, 2) | Submit-HpcRun 'sh task.sh {_}'"; Says = 'cannot be a task' }
        @{ Line = "Wait-HpcRun nosuch"; Says = "no run 'nosuch'" }
        @{ Line = "Get-HpcRun nosuch"; Says = "no run 'nosuch'.*-All" }
    )
}

BeforeAll { . "$PSScriptRoot/common.ps1" }

Describe 'A newcomer types' {
    BeforeEach {
        $null = New-Experiment
        Set-Content a.csv "lr,seed`n0.1,1`n0.2,2"
        Set-Content b.csv "lr,seed`n0.3,1"
    }

    It '<Line>' -ForEach $rows {
        $result = Invoke-Line $Line
        $all = ($result.All -replace '\x1b\[[0-9;]*m' -replace '\s*\|\s*', ' ' -replace '\s+', ' ')
        if ($Says) { $all | Should -Match $Says }
        else { $result.Error | Should -BeNullOrEmpty }
        if ($Output) { $result.Output.Trim() | Should -Match $Output }
        if ($Not) { $all | Should -Not -Match $Not }
        $all | Should -Not -Match 'Internal|Object reference|NullReference'
    }
}

Describe 'A plain hashtable as grid' {
    It 'is the same experiment in two processes' {
        $null = New-Experiment
        $line = 'New-HpcGrid @{ zeta = 1, 2; alpha = 3, 4; lr = 0.1; beta = "x"; gamma = $true } | Submit-HpcRun "sh task.sh {zeta}" | ForEach-Object { $_.CmdSha; $_.IdentitySha; $_.Deduplicated }'
        $first = (Invoke-Line $line).Output.Trim() -split '\r?\n'
        $second = (Invoke-Line $line).Output.Trim() -split '\r?\n'
        $first[2] | Should -Be 'False'
        $second[2] | Should -Be 'True'
        $second[0, 1] | Should -Be $first[0, 1]
    }

    It 'sorts its axes, and an ordered one keeps them' {
        (New-HpcGrid @{ b = 1; a = 2 }).PSObject.Properties.Name | Should -Be 'a', 'b'
        (New-HpcGrid ([ordered]@{ b = 1; a = 2 })).PSObject.Properties.Name | Should -Be 'b', 'a'
    }
}
