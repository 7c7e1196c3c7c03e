BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $null = New-Experiment
    $script:n = 0
    # A run of its own each time: the value is part of its identity.
    function Start-Run([int] $Count, [string] $Command = 'sh task.sh {i}') {
        $script:n++
        1..$Count | ForEach-Object { [pscustomobject]@{ i = $_; n = $script:n } } | Submit-HpcRun "$Command # {n}"
    }
}

Describe 'Waiting' {
    It 'ends with the first result, and the run goes on' {
        $run = Start-Run 6 'sleep 0.7; sh task.sh {i}'
        $status = $run | Wait-HpcRun -Until FirstResult -Timeout 60s
        $status.State | Should -Be InFlight
        $status.Counts.CompleteCount | Should -BeGreaterThan 0
        ($run | Wait-HpcRun -Timeout 60s).State | Should -Be Complete
    }

    It 'ends with the first failure' {
        $run = Start-Run 6 'sleep 0.7; sh task.sh {i} 3'
        $status = $run | Wait-HpcRun -Until AnyFailure -Timeout 60s
        $status.Counts.FailedCount | Should -BeGreaterThan 0
        $status.State | Should -Be InFlight
        $null = $run | Wait-HpcRun -Timeout 60s
    }

    It 'completes the names of what is waited for' {
        (Complete 'Wait-HpcRun -Until ').CompletionText | Should -Be AnyFailure, Ended, FirstResult, Started
    }

    It 'tells a command of each change, and warns where that fails' {
        $run = Start-Run 3 'sleep 0.3; sh task.sh {i}'
        $null = $run | Wait-HpcRun -Timeout 60s -OnChange 'echo "$HPC_EVENT $HPC_RUN_ID" >> changes.txt' -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
        Get-Content changes.txt | Should -Be "started $($run.RunId)", "complete $($run.RunId)"
        $run = Start-Run 1
        $null = $run | Wait-HpcRun -ErrorAction Stop -Timeout 60s -OnChange 'echo no mail >&2; exit 7' -WarningVariable warnings -WarningAction SilentlyContinue
        "$($warnings[-1])" | Should -Match "^$($run.RunId): the command for changes ended with exit code 7 .*no mail"
    }
}

Describe 'Runs that heal themselves' {
    BeforeAll {
        Set-Content once.sh 'if [ "$HPC_ATTEMPT" -gt 1 ]; then printf ''{"loss": 1}'' > "$RESULT_DIR/metrics.json"; else echo MemoryError; exit 1; fi'
    }

    It 'are told of in plain words, and the rest by its name' {
        $script:n++
        $run = 'once', 'good', 'bug' | ForEach-Object { [pscustomobject]@{ kind = $_; n = $script:n } } |
            Submit-HpcRun 'case {kind} in once) sh once.sh ;; bug) echo "ValueError: negative step"; exit 3 ;; esac # {n}' -Memory 64MB -AutoRetry
        $end = $run | Wait-HpcRun -Timeout 60s -InformationVariable told -WarningVariable warnings -WarningAction SilentlyContinue 6>$null
        "$($end.Counts)" | Should -Be '2 complete, 1 failed'
        "$told" | Should -Match "^$($run.RunId): auto retry 1: 1 task again: 1 x SystemOutOfMemory: memory 64 MB -> 128 MB: 2 times what they had"
        "$warnings" | Should -Match 'left as they are: 1 x CodeBug: ValueError: negative step'
        ($run | Get-HpcRunTask).Attempt | Should -Be 2, 1, 1
    }

    It 'are healed by a watch and a job that bring a policy' {
        $run = Start-Run 2 'sh once.sh'
        $result = Invoke-Line "Watch-HpcRun $($run.RunId) -AutoRetry 2 | ForEach-Object State"
        $result.Output | Should -Match '(?m)^\d\d:\d\d:\d\d \S+: auto retry 1: 2 tasks again'
        $result.Output | Should -Match 'Complete\s*$'
        $result.Error | Should -BeNullOrEmpty
        $run = Start-Run 2 'sh once.sh'
        $job = $run | Wait-HpcRun -AsJob -AutoRetry
        ($job | Receive-Job -Wait -InformationVariable told).State | Should -Be Complete
        "$told" | Should -Match 'auto retry 1'
    }

    It 'stay as they are for who says so' {
        $script:n++
        $run = 1..2 | ForEach-Object { [pscustomobject]@{ i = $_; n = $script:n } } | Submit-HpcRun 'sh once.sh # {n} {i}' -AutoRetry
        ($run | Wait-HpcRun -AutoRetry:$false -Timeout 60s).State | Should -Be Failed
        ($run | Wait-HpcRun -Timeout 60s 6>$null).State | Should -Be Complete
    }
}

Describe 'Watching' {
    It 'writes one line for each change where the output is redirected, and the statuses apart from them' {
        $result = Invoke-Line '$a = 1..2 | Submit-HpcRun "sleep 0.6; sh task.sh {_}"; $b = 1..3 | Submit-HpcRun "sleep 0.4; sh task.sh {_} 3"; $ends = $a, $b | Watch-HpcRun; "ends: $($ends.State)"'
        $lines = $result.Output -split '\r?\n' -match '^\d\d:\d\d:\d\d '
        $lines | Should -Not -BeNullOrEmpty
        $texts = $lines -replace '^\S+ '
        ($texts | Select-Object -Unique).Count | Should -Be @($texts).Count
        $texts[-1] | Should -Match '(2/2 complete|failed: 0/3 complete, 3 failed)'
        $result.Output | Should -Match 'newest failure: task \d, exit 3'
        $result.Output | Should -Match 'ends: (Complete Failed|Failed Complete)'
        $result.Error | Should -BeNullOrEmpty
    }

    It 'gives a status for each of several runs' {
        $runs = (Start-Run 2), (Start-Run 3)
        $ends = $runs | Watch-HpcRun 6>$null
        $ends.RunId | Sort-Object | Should -Be ($runs.RunId | Sort-Object)
        $ends.State | Should -Be Complete, Complete
    }
}

Describe 'The finish' {
    It 'is an interval with its basis' {
        $run = Start-Run 12 'sleep 0.5; sh task.sh {i}'
        $status = $run | Wait-HpcRun -Until FirstResult -Timeout 60s
        $status.Finish.Earliest | Should -BeLessOrEqual $status.Finish.Latest
        $status.Finish.Basis | Should -Match '^from \d+ ended tasks?, 2 at once$'
        ($status | Format-List | Out-String) | Should -Match 'Finish\s+: \d{4}-\d\d-\d\d .* to .* \(from'
        $end = $run | Wait-HpcRun -Timeout 60s
        $end.Finish | Should -BeNullOrEmpty
        $end.EndedAt | Should -BeGreaterOrEqual $status.Finish.Earliest.AddSeconds(-1)
    }
}

Describe 'Why tasks wait' {
    It 'is told in words' {
        $run = Start-Run 8 'sleep 1; sh task.sh {i}'
        $null = $run | Wait-HpcRun -Until Started -Timeout 60s
        $status = $run | Get-HpcStatus -Explain
        $status.Pending.Count | Should -Be 1
        $status.Pending[0].TaskCount | Should -BeGreaterThan 0
        $text = $status | Out-String -Width 80
        $text | Should -Match 'tasks wait: they wait for their turn on this machine'
        foreach ($line in $text -split '\r?\n') { $line.Length | Should -BeLessOrEqual 80 }
        ($run | Get-HpcStatus).Pending | Should -BeNullOrEmpty
        $null = $run | Wait-HpcRun -Timeout 60s
        ($run | Get-HpcStatus -Explain | Out-String) | Should -Match 'no task waits'
    }
}

Describe 'Sync-HpcRun' {
    It 'tells what had drifted apart, once' {
        $run = Start-Run 2
        for ($i = 0; $i -lt 100 -and @(Get-ChildItem $run.ResultPath -Recurse -Filter metrics.json -ErrorAction Ignore).Count -lt 2; $i++) { Start-Sleep -Milliseconds 100 }
        Start-Sleep 1
        $first = $run | Sync-HpcRun
        $first.State, $first.RecordedState | Should -Be Complete, InFlight
        "$($first.Differences[0])" | Should -Be 'state: recorded in_flight, found complete'
        ($first | Out-String) | Should -Match 'Complete\s+\S+\s+InFlight\s+state: recorded'
        ($run | Sync-HpcRun).Differences | Should -BeNullOrEmpty
    }

    It 'says so of a run that is not there' {
        { Sync-HpcRun nosuch -ErrorAction Stop } | Should -Throw "*no run 'nosuch'*"
    }
}
