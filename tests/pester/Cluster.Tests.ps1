# The main job on real schedulers behind a real sshd, as tests/cluster/up brings them up.
BeforeDiscovery {
    $path = Join-Path ($env:HPC_TEST_CLUSTER_DIR ?? '/tmp/hpc-agent-cluster') 'env.json'
    $facts = (Test-Path $path) ? (Get-Content -Raw $path | ConvertFrom-Json) : $null
    # The file outlives the daemons when a machine is restarted.
    $answers = $facts -and $(try { [Net.Sockets.TcpClient]::new('127.0.0.1', $facts.ssh_port).Dispose(); $true } catch { $false })
    $sites = foreach ($scheduler in 'slurm', 'sge') {
        @{ Scheduler = $scheduler; Facts = $facts; Up = [bool]($answers -and $facts.$scheduler.up -and $facts.sshd.up) }
    }
}

Describe 'A run on <Scheduler>' -ForEach $sites {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $folder = New-Experiment $Scheduler
        if ($Up) {
            $scratch = "$($Facts.home)/pester-$([guid]::NewGuid().ToString('N').Substring(0, 8))"
            Set-Content (Join-Path $env:HPCAGENT_WORK 'clusters.yaml') @"
site:
  scheduler: $Scheduler
  host: $($Facts.hosts.bash)
  ssh_config: $($Facts.ssh_config)
  scratch: $scratch
  constraints: {max_array_size: 20}
"@
            $env:HPC_CLUSTERS_CONFIG = Join-Path $env:HPCAGENT_WORK 'clusters.yaml'
        }
    }
    AfterAll {
        Remove-Item Env:HPC_CLUSTERS_CONFIG -ErrorAction Ignore
        if ($Up) { Remove-Item -Recurse -Force $scratch -ErrorAction Ignore }
    }

    It 'is submitted in several arrays, followed, looked into, aggregated, received and removed' {
        if (-not $Up) { Set-ItResult -Skipped -Because "$Scheduler is not up: run tests/cluster/up as root"; return }
        Set-Location $folder
        $grid = New-HpcGrid ([ordered]@{ loss = 1..24; code = 0, 3 })
        # Never asked yet: the plan says what it assumes, and nothing is sent.
        $grid | Submit-HpcRun 'sh task.sh {loss} {code}' -Cluster site -Walltime 5m -WhatIf
        (Get-HpcCluster site).LimitsAge | Should -BeNullOrEmpty
        $run = $grid | Submit-HpcRun 'sh task.sh {loss} {code}' -Cluster site -Walltime 5m -Memory 64MB -MaxConcurrent 12 -TasksPerElement 1
        $run.Cluster | Should -Be site
        $run.JobIds.Count | Should -Be 3
        (Get-HpcCluster site).LimitsAge | Should -BeLessThan ([timespan]'0:05')
        ($grid | Submit-HpcRun 'sh task.sh {loss} {code}' -Cluster site -Walltime 5m -Memory 64MB -MaxConcurrent 12 -TasksPerElement 1).Deduplicated | Should -BeTrue
        $end = $run | Wait-HpcRun -Timeout 120s
        $end.State | Should -Be Failed
        "$($end.Counts)" | Should -Be '24 complete, 24 failed'
        ($run | Get-HpcRunTask -TaskId 1).ExitCode | Should -Be 3
        ($run | Get-HpcLog -TaskId 4).Content.Trim() | Should -Be 'hello 3'
        $groups = $run | Invoke-HpcAggregate -By code -WarningAction Ignore
        $groups[0].loss | Should -Be 12.5
        $groups[0].loss_n | Should -Be 24
        ($run | Receive-HpcResult -Destination out -WarningAction Ignore).FileCount | Should -Be 24
        (Get-Content out/0/0/metrics.json | ConvertFrom-Json).loss | Should -Be 1
        Set-Location ([IO.Path]::GetTempPath())
        $run | Remove-HpcRun -Confirm:$false
        Test-Path "$scratch/*/.hpc/runs/$($run.RunId)" | Should -BeFalse
    }

    It 'is stopped when that is confirmed, and nothing else is' {
        if (-not $Up) { Set-ItResult -Skipped -Because "$Scheduler is not up: run tests/cluster/up as root"; return }
        Set-Location $folder
        $other = 1 | Submit-HpcRun 'sleep 20; sh task.sh {_}' -Cluster site -Walltime 5m -Name other
        $run = 1..10 | Submit-HpcRun 'sleep 100' -Cluster site -Walltime 5m -Name stopped -MaxConcurrent 2
        $run | Stop-HpcRun -Confirm:$false
        ($run | Wait-HpcRun -Timeout 60s).State | Should -Be Abandoned
        ($run | Get-HpcStatus).Counts.CancelledCount | Should -Be 10
        ($other | Wait-HpcRun -Timeout 90s).State | Should -Be Complete
    }
}
