BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $null = New-Experiment
    # Slow the first time, and wrong for one value until the flag is there.
    Set-Content fit.sh @'
case $1 in
slow) [ "$HPC_ATTEMPT" -gt 1 ] || sleep 30 ;;
bug) [ -e "$2" ] || { echo "ValueError: negative step" >&2; exit 3; } ;;
esac
printf '{"loss": 1}' > "$RESULT_DIR/metrics.json"
'@
    $script:flag = Join-Path $PWD 'mended'
    function New-FailedRun([string] $Name) {
        $run = 'good', 'slow', 'bug' | ForEach-Object { [ordered]@{ kind = $_; flag = $flag; name = $Name } } | Submit-HpcRun 'sh fit.sh {kind} {flag}' -Name $Name -Walltime 1s -Memory 64MB
        $null = $run | Wait-HpcRun
        $run
    }
}

Describe 'Resume-HpcRun' {
    It 'sends again what can be cured, says why with these numbers, and names what is left' {
        $run = New-FailedRun cure
        $preview = $run | Resume-HpcRun -WhatIf -WarningVariable left -WarningAction SilentlyContinue
        $preview | Should -BeNullOrEmpty
        "$left" | Should -Match '1 x CodeBug: ValueError: negative step'
        (Get-HpcStatus $run.RunId).State | Should -Be Failed

        $again = $run | Resume-HpcRun -WarningAction SilentlyContinue
        $again.ResumedCount | Should -Be 1
        $again.Groups[0].TaskId | Should -Be 1
        $again.Groups[0].Reason | Should -Be 'time limit 1s -> 2s: 2 times what they had'
        $again.Groups[0].Resources.Walltime | Should -Be ([timespan]'0:00:02')
        $again.Left[0].TaskId | Should -Be 2
        $again.JobIds.Count | Should -Be 1
        $end = $again | Wait-HpcRun
        $end.State | Should -Be Failed
        "$($end.Counts)" | Should -Be '2 complete, 1 failed'
        ($run | Get-HpcRunTask -TaskId 1).Attempt | Should -Be 2

        # Nothing that it cures is left, until the code is mended.
        ($run | Resume-HpcRun -WarningAction SilentlyContinue).ResumedCount | Should -Be 0
        Set-Content $flag 'yes'
        ($run | Resume-HpcRun -Force | Wait-HpcRun).State | Should -Be Complete
        ($run | Invoke-HpcAggregate -By name).loss_n | Should -Be 3
    }

    It 'does a request once' {
        Remove-Item $flag -ErrorAction Ignore
        $run = New-FailedRun once
        $first = $run | Resume-HpcRun -RequestId mine -WarningAction SilentlyContinue
        $null = $first | Wait-HpcRun
        $second = $run | Resume-HpcRun -RequestId mine -WarningAction SilentlyContinue
        $second.Deduplicated | Should -BeTrue
        $second.JobIds | Should -Be $first.JobIds
        $second.ResumedCount | Should -Be 1
    }

    It 'takes <Text> as <Expected>' -ForEach @(
        @{ Text = '-Walltime 48:00:00'; Expected = '2.00:00:00' }
        @{ Text = '-Walltime 90s'; Expected = '00:01:30' }
        @{ Text = '-Memory 128MB'; Expected = 134217728 }
        @{ Text = '-Memory 100mb -MaxConcurrent 1'; Expected = 104857600 }
    ) {
        Remove-Item $flag -ErrorAction Ignore
        $run = New-FailedRun "typed$([math]::Abs($Text.GetHashCode()))"
        $resources = (Invoke-Expression "`$run | Resume-HpcRun -TaskId 2 -Force $Text").Groups[0].Resources
        $got = $Text -match 'Walltime' ? $resources.Walltime : $resources.MemoryBytes
        "$got" | Should -Be "$Expected"
        $null = $run | Wait-HpcRun
    }

    It 'resumes a run that was stopped' {
        Set-Content $flag 'yes'
        $run = 1..4 | ForEach-Object { @{ i = $_ } } | Submit-HpcRun 'sleep 0.{i}; [ $HPC_ATTEMPT -gt 1 ] || sleep 20' -Name stopped -MaxConcurrent 2
        $null = $run | Wait-HpcRun -Until Started
        $run | Stop-HpcRun -Confirm:$false
        ($run | Wait-HpcRun).State | Should -Be Abandoned
        ($run | Resume-HpcRun | Wait-HpcRun).State | Should -Be Complete
    }

    It 'runs tasks again on other GPUs where it is told which' {
        $run = 1..2 | Submit-HpcRun '[ $HPC_ATTEMPT -gt 1 ] || { echo "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB"; exit 1; }' -Name gpu
        $null = $run | Wait-HpcRun
        $run | Resume-HpcRun -WarningVariable left -WarningAction SilentlyContinue | ForEach-Object ResumedCount | Should -Be 0
        "$left" | Should -Match 'GpuOutOfMemory.*more memory of the host does not help a GPU: name larger ones'
        { $run | Resume-HpcRun -Resource @{ account = 'x' } -ErrorAction Stop } | Should -Throw '*what stays as the run was submitted*'
        $again = $run | Resume-HpcRun -Resource @{ constraint = 'a100_80gb' }
        "$($again.Groups)" | Should -Be '2 x GpuOutOfMemory: constraint a100_80gb'
        $again.Groups[0].Options.constraint | Should -Be a100_80gb
        ($again | Wait-HpcRun).State | Should -Be Complete
    }

    It 'refuses what it cannot mean' {
        $run = New-FailedRun refused
        { $run | Resume-HpcRun -TaskId 99 -ErrorAction Stop } | Should -Throw '*has no task 99*'
        { $run | Resume-HpcRun -Walltime 90 } | Should -Throw '*Walltime*'
        { $run | Resume-HpcRun -Category Nonsense } | Should -Throw '*Category*'
    }
}
