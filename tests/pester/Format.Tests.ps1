BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $null = New-Experiment
    $script:run = New-HpcGrid ([ordered]@{ loss = 1..2; status = 0, 3 }) | Submit-HpcRun 'sh task.sh {loss} {status}' -Name look
    $null = $script:run | Wait-HpcRun
    function Get-Table($items, [int] $Width = 80) { @(($items | Out-String -Width $Width).Trim() -split '\r?\n' | ForEach-Object TrimEnd) }
    # As what comes back from a job, another session or a file.
    function Copy-Through($items) { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($items, 4)) }
}

Describe 'What is shown' {
    It 'of a run' -ForEach 80, 160 {
        $lines = Get-Table (Get-HpcRun $run.RunId) $_
        $lines[0] | Should -Match '^State\s+RunId\s+Cluster\s+Tasks\s+Age\s+Command'
        $lines[2] | Should -Match "^Failed\s+$($run.RunId)\s+local\s+4\s+\d+s\s+sh task"
    }

    It 'of a status' {
        (Get-Table ($run | Get-HpcStatus))[2] | Should -Match "^Failed\s+$($run.RunId)\s+2 complete, 2 failed"
    }

    It 'of tasks' {
        $lines = Get-Table ($run | Get-HpcRunTask)
        $lines[0] | Should -Match '^Task\s+State\s+Try\s+End\s+Elapsed\s+Memory\s+Parameters'
        $lines[3] | Should -Match '^\s*1\s+Failed\s+1\s+3\s+\S+s\s+\S+ MB\s+loss=1 status=3'
    }

    It 'of a plan' {
        (Get-Table (1..3 | Get-HpcPlan 'echo {_}' -Memory 1G -Walltime 90m)) -join "`n" | Should -Match 'Each task : 1 processor, 1 GB of memory, 1h30m'
    }

    It 'of a check' { (Get-Table (Test-HpcCluster local))[2] | Should -Match '^Passed\s+local\s+shell\s+\S+' }

    It 'of a cluster' { (Get-Table (Get-HpcCluster))[2] | Should -Match '^local\s+local\s+\S+\s+2 processors, \S+ GB of memory' }

    It 'of a log' { (Get-Table ($run | Get-HpcLog -TaskId 1)) | Select-Object -Last 1 | Should -Be 'hello 1' }

    It 'of what was asked for and used' {
        $lines = Get-Table ($run | Get-HpcEfficiency)
        $lines[0] | Should -Match "^RunId\s+: $($run.RunId)"
        $lines | Where-Object { $_ -match '^Tasks\s+: 4 of 4 measured' } | Should -HaveCount 1
        $lines | Where-Object { $_ -match '^Suggested\s+: 1 processor, 64 MB of memory, 1m' } | Should -HaveCount 1
    }

    It 'of received results' { (Get-Table ($run | Receive-HpcResult -Destination out -WarningAction Ignore))[0] | Should -Match '^RunId\s+Files\s+Size\s+Skipped\s+Destination' }

    It 'of an aggregate, in six significant digits and as a table however many columns' {
        $run = 1..3 | Submit-HpcRun 'echo "{\"a\": 0.1234567890123, \"b\": 123456789.5, \"c\": 1e-9}" > $RESULT_DIR/metrics.json' -Name digits
        $null = $run | Wait-HpcRun
        $lines = Get-Table ($run | Invoke-HpcAggregate -By _) 160
        $lines[0] | Should -Match '^_\s+TaskCount\s+MissingCount\s+a\s+a_sd\s+a_n\s+b\s+b_sd\s+b_n\s+c\s+c_sd\s+c_n$'
        $lines[2] | Should -Match '^1\s+1\s+0\s+0\.123457\s+1\s+1\.23457e\+08\s+1\s+1e-09\s+1$'
        foreach ($line in Get-Table ($run | Invoke-HpcAggregate -By _) 80) { $line.Length | Should -BeLessOrEqual 80 }
        ($run | Invoke-HpcAggregate -By _)[0].a | Should -Be 0.1234567890123
    }

    It 'of an aggregate after another one with other columns, and of both together' {
        $first = $run | Invoke-HpcAggregate -By loss -Prefix m_ -WarningAction Ignore
        $second = $run | Invoke-HpcAggregate -By status -Statistic sum -WarningAction Ignore
        (Get-Table $first)[0] | Should -Match '^loss\s+TaskCount\s+MissingCount\s+m_loss\s+m_loss_sd\s+m_loss_n$'
        (Get-Table $second)[0] | Should -Match '^status\s+TaskCount\s+MissingCount\s+loss_sum$'
        (Get-Table ($first | Sort-Object m_loss -Descending))[2] | Should -Match '^\s*2\s'
        @(Get-FormatData HpcAgent.AggregateRow*).Count | Should -BeGreaterOrEqual 2
    }

    It 'of objects from another session is the same' {
        foreach ($items in (Get-HpcRun $run.RunId), ($run | Get-HpcStatus), @($run | Get-HpcRunTask), (Get-HpcCluster), (1..3 | Get-HpcPlan 'echo {_}' -Memory 1G),
            ($run | Get-HpcLog -TaskId 1), ($run | Get-HpcEfficiency), @($run | Invoke-HpcAggregate -By status -WarningAction Ignore)) {
            $copy = Copy-Through $items
            "$(@($copy)[0].PSTypeNames[0])" | Should -BeLike 'Deserialized.*'
            Get-Table $copy | Should -Be (Get-Table $items)
        }
    }

    It 'of what follows an object of another type is short too' {
        $lines = @($run; $run | Get-HpcStatus; $run | Get-HpcRunTask -TaskId 1) | Out-String -Width 80
        $lines | Should -Match 'Counts\s+: 2 complete, 2 failed'
        $lines | Should -Match 'ExitCode\s+: 3'
        $lines | Should -Not -Match 'Wire|IdentitySha'
    }

    It 'by Format-List is short' {
        $list = Get-HpcRun $run.RunId | Format-List | Out-String
        $list | Should -Match 'ExperimentPath'
        $list | Should -Not -Match 'IdentitySha'
        ($run | Get-HpcStatus | Format-List | Out-String) | Should -Match 'Counts\s+: 2 complete, 2 failed'
    }
}
