BeforeAll { . "$PSScriptRoot/common.ps1" }

Describe 'A run' {
    BeforeAll {
        $script:folder = New-Experiment
        $script:run = New-HpcGrid ([ordered]@{ loss = 1..4; exit = 0, 3 }) | Submit-HpcRun 'sh task.sh {loss} {exit}' -Name sweep
        $script:end = $script:run | Wait-HpcRun -Timeout 60s
    }
    BeforeEach { Set-Location $script:folder }

    It 'is a Run with the submission in it' {
        $run | Should -BeOfType HpcAgent.Run
        $run.RunId | Should -Match '^sweep-\d{8}-\d{6}-[0-9a-f]{8}$'
        $run.TaskCount | Should -Be 8
        $run.ExperimentPath | Should -Be $folder
    }

    It 'ends with the counts of its tasks' {
        $end.State | Should -Be Failed
        "$($end.Counts)" | Should -Be '4 complete, 4 failed'
    }

    It 'is found in the journal by name, pattern, state and as the last' {
        (Get-HpcRun $run.RunId).RunId | Should -Be $run.RunId
        (Get-HpcRun 'SWEEP-*').RunId | Should -Contain $run.RunId
        (Get-HpcRun -State Failed).RunId | Should -Contain $run.RunId
        Get-HpcRun -State Complete | Should -BeNullOrEmpty
        (Get-HpcRun -Last 1).RunId | Should -Be (Get-HpcRun)[0].RunId
        (Get-HpcRun -All).RunId | Should -Contain $run.RunId
        Get-HpcRun -ExperimentPath $env:HPCAGENT_WORK | Should -BeNullOrEmpty
    }

    It 'is followed from another folder' {
        Set-Location $env:HPCAGENT_WORK
        ($run | Get-HpcStatus).State | Should -Be Failed
        (Get-HpcStatus $run.RunId).State | Should -Be Failed
        ($end | Get-HpcRunTask).Count | Should -Be 8
    }

    It 'may be given itself where its name is wanted' {
        (Get-HpcStatus $run).RunId | Should -Be $run.RunId
        (Get-HpcRunTask -RunId $end, $run -TaskId 0).Count | Should -Be 1
        $later = 1 | Submit-HpcRun 'sh task.sh {_}' -Name later -After $run
        ($later | Wait-HpcRun -Timeout 60s).State | Should -Be Complete
    }

    It 'is one in a pipeline of several, and asked once however often it is named' {
        @($run, $run, $end | Get-HpcStatus).Count | Should -Be 1
    }

    It 'gives its tasks with parameters that can be used' {
        $tasks = $run | Get-HpcRunTask
        $tasks[3] | Should -BeOfType HpcAgent.RunTaskStatus
        $tasks[3].Parameters.loss | Should -Be 2
        $tasks[3].Parameters['exit'] | Should -Be 3
        ($run | Get-HpcRunTask -State Failed).TaskId | Should -Be 1, 3, 5, 7
        ($run | Get-HpcRunTask -TaskId 2, 0).TaskId | Should -Be 0, 2
        { $run | Get-HpcRunTask -TaskId 8 -ErrorAction Stop } | Should -Throw '*has no task 8*'
    }

    It 'tells what its tasks used of what they asked for' {
        $report = $run | Get-HpcEfficiency
        $report | Should -BeOfType HpcAgent.RunEfficiency
        $report.MeasuredCount | Should -Be 8
        $report.PeakMemoryCount | Should -Be 8
        $report.LongestElapsed | Should -BeGreaterThan ([timespan]::Zero)
        # Half of its tasks failed: all of their time is lost.
        $report.WastedCoreHours | Should -BeGreaterThan 0
        $report.WastedCoreHours | Should -BeLessThan $report.AllocatedCoreHours
        $report.Suggested.MemoryBytes | Should -BeGreaterOrEqual $report.PeakMemoryBytes
    }

    It 'teaches the next plan how long a task takes, unless one says it' {
        (1..4 | Get-HpcPlan 'sh task.sh {_} 0').Assumptions -join ' ' | Should -Not -Match 'a task takes'
        (Get-HpcPlan 'sh task.sh {loss} {exit}' -InputObject @{ loss = 1; exit = 0 }).Assumptions -join ' ' | Should -Match 'a task takes .+: the median of 4 tasks of this command'
        (Get-HpcPlan 'sh task.sh {loss} {exit}' -InputObject @{ loss = 1; exit = 0 } -TaskDuration 7m).Assumptions | Should -Contain 'a task takes 7m'
    }

    It 'shows the logs of failed tasks, of named ones, and of tasks from the pipeline' {
        ($run | Get-HpcLog).TaskId | Should -Be 1, 3, 5, 7
        ($run | Get-HpcLog -Failed -Tail 1).Content | ForEach-Object Trim | Should -Be 'hello 1', 'hello 2', 'hello 3', 'hello 4'
        ($run | Get-HpcLog -TaskId 2).Content.Trim() | Should -Be 'hello 2'
        ($run | Get-HpcRunTask -State Failed | Where-Object { $_.Parameters.loss -gt 3 } | Get-HpcLog).TaskId | Should -Be 7
    }

    It 'follows logs that are complete at once' {
        @($run | Get-HpcLog -TaskId 0, 1 -Follow) | Sort-Object | Should -Be '0: hello 1', '1: hello 1'
    }

    It 'is reduced by group, with typed rows' {
        $rows = $run | Invoke-HpcAggregate -By exit -WarningAction Ignore
        $rows.Count | Should -Be 2
        $rows[0].PSTypeNames | Should -Contain 'HpcAgent.AggregateRow'
        $rows[0].loss | Should -Be 2.5
        $rows[0].loss_n | Should -Be 4
        $rows[0].loss_sd | Should -Be ([Math]::Sqrt(5 / 3))
        $rows[1].MissingCount | Should -Be 4
        $rows[1].loss | Should -BeNullOrEmpty
    }

    It 'is reduced with other statistics, a prefix, and a warning of what is missing' {
        $rows = $run | Invoke-HpcAggregate -By exit -Statistic min, p50 -Prefix m_ -WarningVariable warnings -WarningAction Ignore
        $rows[0].PSObject.Properties.Name | Should -Be 'exit', 'TaskCount', 'MissingCount', 'm_loss_min', 'm_loss_p50'
        $rows[0].m_loss_p50 | Should -Be 2.5
        "$warnings" | Should -BeLike '*4 of 8 tasks contribute; missing: 1, 3, 5, 7*'
    }

    It 'refuses to be reduced incompletely where that is asked, and names a clash' {
        { $run | Invoke-HpcAggregate -RequireComplete -ErrorAction Stop } | Should -Throw '*4 of 8 tasks are not complete*'
        { $run | Invoke-HpcAggregate -By loss -ErrorAction Stop -WarningAction Ignore } | Should -Throw '*loss*'
        $Error[0].ErrorDetails.RecommendedAction | Should -BeLike '*-Prefix*'
    }

    It 'gives its result files' {
        $received = $run | Receive-HpcResult -Destination out -Pattern *.json -WarningAction Ignore
        $received.FileCount | Should -Be 4
        $received.IncompleteCount | Should -Be 4
        (Get-Content out/0/2/metrics.json | ConvertFrom-Json).loss | Should -Be 2
        $again = $run | Receive-HpcResult -Destination out -Pattern *.json -WarningAction Ignore
        $again.FileCount, $again.SkippedCount | Should -Be 0, 4
        Set-Content out/0/2/metrics.json 'mine'
        { $run | Receive-HpcResult -Destination out -WarningAction Ignore -ErrorAction Stop } | Should -Throw '*differs*'
        ($run | Receive-HpcResult -Destination out -Force -WarningAction Ignore).FileCount | Should -Be 1
        ($run | Receive-HpcResult -Destination few -TaskId 0).FileCount | Should -Be 1
        ($run | Receive-HpcResult -Destination none -Pattern *.txt -TaskId 0).FileCount | Should -Be 0
    }

    It 'is returned and not sent again when it is complete' {
        $first = 1..2 | Submit-HpcRun 'sh task.sh {_}' -Name twice
        $null = $first | Wait-HpcRun
        $second = 1..2 | Submit-HpcRun 'sh task.sh {_}' -Name twice
        $second.Deduplicated | Should -BeTrue
        $second.RunId | Should -Be $first.RunId
    }
}

Describe 'Waiting' {
    BeforeAll { $null = New-Experiment }

    It 'ends at the time limit with the state Timeout and leaves the run alone' {
        $run = 1 | Submit-HpcRun 'sleep 5; sh task.sh {_}' -Name slow
        ($run | Wait-HpcRun -Timeout 0.3s).State | Should -Be Timeout
        ($run | Get-HpcStatus).State | Should -Be InFlight
        $run | Stop-HpcRun -Confirm:$false
        ($run | Wait-HpcRun -Timeout 60s).State | Should -Be Abandoned
    }

    It 'works in the background' {
        $run = 1..2 | Submit-HpcRun 'sh task.sh {_}' -Name back
        $job = $run | Wait-HpcRun -AsJob
        $job.PSJobTypeName | Should -Be HpcRunJob
        $status = $job | Receive-Job -Wait
        $status.State | Should -Be Complete
        $job.State | Should -Be Completed
        Remove-Job $job
    }

    It 'reports in the background what cannot be waited for, and can be stopped' {
        $job = Wait-HpcRun nosuch -AsJob
        $null = $job | Wait-Job -Timeout 30
        $job.State | Should -Be Failed
        $job.ChildJobs.Count | Should -Be 0
        "$($job.Error)" | Should -BeLike "*no run 'nosuch'*"
        Remove-Job $job
        $run = 1 | Submit-HpcRun 'sleep 60' -Name long
        $job = $run | Wait-HpcRun -AsJob
        $job | Stop-Job
        $null = $job | Wait-Job -Timeout 30
        $job.State | Should -Be Stopped
        ($run | Get-HpcStatus).State | Should -Be InFlight
        $run | Stop-HpcRun -Confirm:$false
    }

    It 'watches several runs and writes one status each' {
        $runs = 1..3 | ForEach-Object { $_ | Submit-HpcRun 'sh task.sh {_}' -Name "several$_" }
        $ends = @($runs | Watch-HpcRun)
        $ends.Count | Should -Be 3
        $ends.State | Select-Object -Unique | Should -Be Complete
        ($ends.RunId | Sort-Object) | Should -Be ($runs.RunId | Sort-Object)
    }

    It 'follows a log while it grows' {
        $run = 1 | Submit-HpcRun 'for i in 1 2 3; do echo line $i; sleep 0.4; done' -Name grows
        @($run | Get-HpcLog -Follow) | Should -Be 'line 1', 'line 2', 'line 3'
    }
}

Describe 'Ending' {
    BeforeAll { $script:folder = New-Experiment }

    It 'stops only when it is confirmed, and says what with -WhatIf' {
        $run = 1..4 | Submit-HpcRun 'sleep 60' -Name stopme
        $run | Stop-HpcRun -WhatIf
        Start-Sleep -Milliseconds 500
        ($run | Get-HpcStatus).State | Should -Be InFlight
        ($run | Stop-HpcRun -Confirm:$false -PassThru).RunId | Should -Be $run.RunId
        $end = $run | Wait-HpcRun -Timeout 60s
        $end.State | Should -Be Abandoned
        "$($end.Counts)" | Should -Be '4 cancelled'
    }

    It 'does not remove what has not ended' {
        $run = 1 | Submit-HpcRun 'sleep 60' -Name busy
        { $run | Remove-HpcRun -Confirm:$false -ErrorAction Stop } | Should -Throw '*has not ended*'
        $Error[0].FullyQualifiedErrorId | Should -BeLike 'PreconditionFailed,*'
        $run | Stop-HpcRun -Confirm:$false
        $null = $run | Wait-HpcRun -Timeout 60s
    }

    It 'lists first, then removes the folder and the code with its last run' {
        $one = 1 | Submit-HpcRun 'sh task.sh {_}' -Name one
        $two = 2 | Submit-HpcRun 'sh task.sh {_}' -Name two
        $null = $one, $two | Wait-HpcRun
        $others = Get-HpcRun | Where-Object RunId -NotIn $one.RunId, $two.RunId
        $others | Remove-HpcRun -Confirm:$false
        $snapshots = Join-Path $folder .hpc/snapshots
        $what = Invoke-Line "Remove-HpcRun $($one.RunId) -WhatIf"
        $what.Output | Should -Match "What if:.*$($one.RunId).*files.*its code stays, 1 other"
        $one | Remove-HpcRun -Confirm:$false
        Test-Path (Join-Path $folder ".hpc/runs/$($one.RunId)") | Should -BeFalse
        @(Get-ChildItem $snapshots -Directory | Where-Object Name -NotLike '*.runs').Count | Should -Be 1
        (Get-HpcRun).RunId | Should -Be $two.RunId
        $two | Remove-HpcRun -Confirm:$false
        @(Get-ChildItem $snapshots -Directory).Count | Should -Be 0
        Get-HpcRun | Should -BeNullOrEmpty
        { $two | Remove-HpcRun -Confirm:$false -ErrorAction Stop } | Should -Throw '*removed before*'
    }

    It 'removes links and not what they lead to' {
        $outside = Join-Path $env:HPCAGENT_WORK 'outside.txt'
        Set-Content $outside precious
        $run = 1 | Submit-HpcRun 'sh task.sh {_}' -Name links
        $null = $run | Wait-HpcRun
        $null = New-Item -ItemType SymbolicLink -Path (Join-Path $run.ResultPath 'link') -Target (Split-Path $outside)
        $run | Remove-HpcRun -Confirm:$false
        Get-Content $outside | Should -Be precious
    }
}
