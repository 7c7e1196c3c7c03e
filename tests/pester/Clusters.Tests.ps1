# docs/clusters.md as a newcomer follows it: an empty home folder, an alias in the configuration of ssh, and every block as it is printed.
BeforeDiscovery {
    $path = Join-Path ($env:HPC_TEST_CLUSTER_DIR ?? '/tmp/hpc-agent-cluster') 'env.json'
    $facts = (Test-Path $path) ? (Get-Content -Raw $path | ConvertFrom-Json) : $null
    $answers = $facts -and $(try { [Net.Sockets.TcpClient]::new('127.0.0.1', $facts.ssh_port).Dispose(); $true } catch { $false })
    $sites = foreach ($scheduler in 'slurm', 'sge') {
        @{ Scheduler = $scheduler; Facts = $facts; Up = [bool]($answers -and $facts.$scheduler.up -and $facts.sshd.up) }
    }
}

Describe 'docs/clusters.md on <Scheduler>' -ForEach $sites {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $why = $Up ? ((Get-Command python3 -ErrorAction Ignore) ? '' : 'there is no python3') : "$Scheduler is not up: run tests/cluster/up as root"
        if (-not $why) {
            $blocks = @(Get-DocBlock clusters.md)
            $saved = $env:HOME, $env:PATH
            $world = New-Newcomer $Scheduler $Facts
            $scratch = "$($Facts.home)/newcomer-$([guid]::NewGuid().ToString('N').Substring(0, 8))"
            $folder = Join-Path $world 'sweep'
            $null = New-Item -ItemType Directory $folder
            # The program that the page takes for given.
            Set-Content (Join-Path $folder 'train.py') @'
import json, os, sys
lr, seed = float(sys.argv[2]), int(sys.argv[4])
print('training', lr, seed)
json.dump({'loss': lr + seed / 100}, open(os.environ['RESULT_DIR'] + '/metrics.json', 'w'))
'@
        }
        function Get-Block([string] $Kind) { @($blocks | Where-Object Kind -EQ $Kind | ForEach-Object { $_.Text }) }
    }
    AfterAll {
        if (-not $why) {
            $env:HOME, $env:PATH = $saved
            Remove-Item -Recurse -Force $scratch -ErrorAction Ignore
        }
    }

    It 'leads from an ssh alias to an aggregated run, in PowerShell and in any other shell' {
        if ($why) { Set-ItResult -Skipped -Because $why; return }
        $yaml, $json = @(Get-Block yaml)[0], @(Get-Block json)[0]
        $shell = @(Get-Block sh)
        $shell.Count | Should -Be 2
        $said = sh -c $shell[0].Replace('sbatch --version', ($Scheduler -eq 'slurm' ? 'sbatch --version' : 'qstat -help | head -n 1')) 2>&1
        $LASTEXITCODE | Should -Be 0
        "$said" | Should -Match ($Scheduler -eq 'slurm' ? '^slurm' : 'SGE')

        # Before the file is there, each face says where it belongs.
        (Invoke-Line 'Get-HpcCluster mycluster' $folder).Error | Should -Match "no cluster named 'mycluster'(?s:.*)home/\.hpc-agent/clusters\.yaml"
        Set-Content (Join-Path $env:HOME '.hpc-agent/clusters.yaml') $yaml.Replace('scheduler: slurm', "scheduler: $Scheduler").Replace('/scratch/me', $scratch)

        $code = (Get-Block powershell) -split '\n' | ForEach-Object { ". { $_ } | Out-String -Width 100 | Out-Host" } | Join-String -Separator "`n"
        $result = Invoke-Line $code $folder
        $result.Error | Should -BeNullOrEmpty
        $result.Output | Should -Not -Match 'Failed'
        $result.Output | Should -Match '100 complete'
        $result.Output | Should -Match '(?m)^ *0\.01 +50 +0 +0\.265 '
        $result.Output | Should -Match 'training 0.1 4'
        $result.Output | Should -Match 'the run makes at least \d+ files'
        foreach ($line in $result.Output -split '\n' -notmatch '^(What if:|         |\d\d:\d\d:\d\d )') { $line.Length | Should -BeLessOrEqual 100 -Because $line }
        (Get-ChildItem -Recurse -File (Join-Path $world 'results')).Count | Should -Be 100

        Set-Content (Join-Path $folder 'spec.json') $json
        Push-Location $folder
        try { $answers = foreach ($line in $shell[1] -split '\n') { sh -c $line; $LASTEXITCODE | Should -Be 0 -Because $line } }
        finally { Pop-Location }
        $answers = $answers | ConvertFrom-Json
        $answers.ok | Should -Not -Contain $false
        $answers[2].data.lifecycle_state | Should -Be complete
        $answers[3].data.aggregated_metrics.'0.1'.loss | Should -Be 0.13
        $answers[5].data.logs[0].content | Should -Be "training 0.1 4`n"
    }
}
