# docs/pipeline.md as it is printed, on Slurm behind sshd, and its aggregate beside Python's fractions. 200 tasks in place of 10,000, unless HPC_SLOW_TESTS=1.
BeforeDiscovery {
    $path = Join-Path ($env:HPC_TEST_CLUSTER_DIR ?? '/tmp/hpc-agent-cluster') 'env.json'
    $facts = (Test-Path $path) ? (Get-Content -Raw $path | ConvertFrom-Json) : $null
    $answers = $facts -and $(try { [Net.Sockets.TcpClient]::new('127.0.0.1', $facts.ssh_port).Dispose(); $true } catch { $false })
    $site = @{ Facts = $facts; Up = [bool]($answers -and $facts.slurm.up -and $facts.sshd.up) }
}

Describe 'docs/pipeline.md' -ForEach $site {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $why = !$Up ? 'slurm is not up: run tests/cluster/up as root' : (Get-Command python3 -ErrorAction Ignore) ? '' : 'there is no python3'
        $separator = '=' * 20
        $seedCount = $env:HPC_SLOW_TESTS -eq '1' ? 500 : 10
        $blocks = @(Get-DocBlock pipeline.md)
        # Without what differs from run to run and from width to width: names, rules and blanks.
        function Get-Plain([string] $Shown) { ($Shown -replace '-\d{8}-\d{6}-[0-9a-f]{8}' -replace '-+' -replace ' +', ' ' -replace ' ?\n ?', "`n").Trim() }
        if (-not $why) {
            $saved = $env:HOME, $env:PATH
            $world = New-Newcomer pipeline $Facts
            $scratch = "$($Facts.home)/newcomer-$([guid]::NewGuid().ToString('N').Substring(0, 8))"
            Set-Content (Join-Path $env:HOME '.hpc-agent/clusters.yaml') @(Get-DocBlock clusters.md | Where-Object Kind -EQ yaml)[0].Text.Replace('/scratch/me', $scratch)
            $folder = (New-Item -ItemType Directory (Join-Path $world 'queue')).FullName
            Set-Content (Join-Path $folder 'queue.awk') @($blocks | Where-Object Kind -EQ awk)[0].Text
        }
    }
    AfterAll {
        if (-not $why) {
            $env:HOME, $env:PATH = $saved
            Remove-Item -Recurse -Force $scratch -ErrorAction Ignore
        }
    }

    It 'gives what it shows, with every double that of Python''s fractions' {
        if ($why) { Set-ItResult -Skipped -Because $why; return }
        # The page, then every statistic by every grouping, with the bits of its doubles.
        $lines = foreach ($block in $blocks | Where-Object Kind -EQ powershell) {
            $text = $block.Text.Replace('1..500', "1..$seedCount")
            "`$seen = . { $text } | Out-String -Width 110; `$seen | Out-Host; '$separator'"
        }
        $lines += @'
$statistics = 'n', 'weight', 'sum', 'mean', 'var', 'sd', 'se', 'min', 'max', 'median', 'p05', 'p95', 'p97.5'
$groupings = foreach ($by in ('load', 'shape'), @('load'), @('shape'), @()) {
    $rows = $run | Invoke-HpcAggregate -By $by -Statistic $statistics | ForEach-Object {
        $row = [ordered]@{}
        foreach ($cell in $_.PSObject.Properties) {
            $isBits = $cell.Value -is [double] -and $cell.Name -notin $by
            $row[$cell.Name] = $isBits ? [BitConverter]::DoubleToInt64Bits($cell.Value).ToString('x16') : $cell.Value
        }
        $row
    }
    @{ by = $by; rows = @($rows) }
}
$axes = [ordered]@{ load = 0.5, 0.6, 0.7, 0.8; shape = 1, 2, 4, 8, 16; seed = @(1..SEEDS) }
@{ results = $run.ResultPath; id = $run.RunId; axes = $axes; groupings = @($groupings) } | ConvertTo-Json -Depth 6 | Set-Content ../aggregate.json
'@.Replace('SEEDS', "$seedCount")
        $result = Invoke-Line ($lines -join "`n") $folder
        $result.Error | Should -BeNullOrEmpty
        $aggregate = Join-Path $world 'aggregate.json'
        $given = Get-Content -Raw $aggregate | ConvertFrom-Json

        # A page about another size, and about the numbers of another awk, shows the same columns.
        $isSame = $seedCount -eq 500 -and (awk 'BEGIN { srand(1); for (i = 0; i < 9; i++) rand(); printf "%.6f", rand() }') -eq '0.553970'
        $shown = @($result.Output -replace '\r' -replace '(?m)^\d\d:\d\d:\d\d .*\n' -split $separator)
        $number = -1
        for ($i = 0; $i -lt $blocks.Count; $i++) {
            if ($blocks[$i].Kind -eq 'powershell') { $number++ }
            if ($blocks[$i].Kind -ne 'text') { continue }
            $expected, $actual = (Get-Plain $blocks[$i].Text), (Get-Plain $shown[$number])
            if ($isSame) { $actual | Should -Be $expected } else { ($actual -split '\n')[0] | Should -Be ($expected -split '\n')[0] }
            ($actual -split '\n').Count | Should -Be ($expected -split '\n').Count
        }
        (Join-Path $world 'queue.html') | Should -FileContentMatch 'wait by load'

        Set-Content (Join-Path $world 'flow.sh') @($blocks | Where-Object Kind -EQ sh)[0].Text.Replace('seq -s , 500', "seq -s , $seedCount")
        Push-Location $folder
        try { $lines = @(sh (Join-Path $world 'flow.sh')) } finally { Pop-Location }
        $answers = $lines | ConvertFrom-Json
        $answers.ok | Should -Be $true, $true, $true, $true
        $answers.data.run_id | Should -Be (@($given.id) * 4) -Because 'nothing is submitted twice'
        (Get-ChildItem (Join-Path $folder '.hpc/runs') -Filter *.json).Count | Should -Be 1
        ($answers[2].data.invariants | Where-Object name -In digest, statistics).state | Should -Be held, held

        $flow = Join-Path $world 'flow.json'
        Set-Content $flow $lines[1]
        $told = python3 (Join-Path $PSScriptRoot 'exact.py') $given.results $aggregate (Join-Path $world 'waits.csv') $flow | ConvertFrom-Json
        $told.tasks | Should -Be (20 * $seedCount)
        $told.wrong | Should -BeNullOrEmpty
        # 30 groups x 3 metrics x 13 statistics, 20 x 3 of the CSV file, 20 x 3 x 11 of aggregate-flow.
        $told.compared | Should -Be (30 * 3 * 13 + 20 * 3 + 20 * 3 * 11)
    }
}
