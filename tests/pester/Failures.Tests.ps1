BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $null = New-Experiment
    Set-Content fit.sh @'
[ "$1" != 256 ] || { echo "RuntimeError: CUDA out of memory. Tried to allocate $2.00 MiB"; exit 1; }
[ "$2" != 5 ] || cat "no-such-file" || exit
printf '{"loss": 1}' > "$RESULT_DIR/metrics.json"
'@
    $script:run = New-HpcGrid ([ordered]@{ batch = 32, 64, 128, 256; seed = 1..10 }) | Submit-HpcRun 'sh fit.sh {batch} {seed}' -Name causes
    $null = $script:run | Wait-HpcRun
}

Describe 'Get-HpcFailure' {
    It 'names each cause once, with what its tasks have in common' {
        $groups = @($run | Get-HpcFailure)
        $groups.Category | Should -Be GpuOutOfMemory, FileNotFound
        $groups.TaskCount | Should -Be 10, 3
        $groups[0].Common | Should -Match '^all 10 have batch=256 \(p \de-\d+\)$'
        $groups[0].Remedy | Should -Match 'smaller batch'
        $groups[0].Exemplar.Log | Should -Match 'CUDA out of memory'
        $groups[0].Exemplar.Parameters.batch | Should -Be 256
        $groups[0].Lifts[0].OddsRatio | Should -BeGreaterThan 100
        $groups[1].TaskId | Should -Be 4, 14, 24
        $groups[1].Cause | Should -Match 'no-such-file: No such file or directory'
        $groups[1].Logs | Should -BeNullOrEmpty
        "$($groups[1])" | Should -Be "3 x FileNotFound: $($groups[1].Cause)"
    }

    It 'takes categories and tasks, and gives all logs' {
        ($run | Get-HpcFailure -Category FileNotFound).TaskCount | Should -Be 3
        ($run | Get-HpcFailure -TaskId 14 -IncludeLog).Logs.TaskId | Should -Be 4, 14, 24
        ($run | Get-HpcRunTask -TaskId 31 | Get-HpcFailure).Category | Should -Be GpuOutOfMemory
        $run | Get-HpcFailure -TaskId 0 | Should -BeNullOrEmpty
        { $run | Get-HpcFailure -TaskId 99 -ErrorAction Stop } | Should -Throw '*has no task 99*'
    }

    It 'hands its tasks on' {
        ($run | Get-HpcFailure -Category FileNotFound | Get-HpcLog -Tail 1).TaskId | Should -Be 4, 14, 24
    }

    It 'is a table of one line a cause, the same from another session' {
        $groups = @($run | Get-HpcFailure)
        $lines = @(($groups | Out-String -Width 160).Trim() -split '\r?\n')
        $lines[0] | Should -Match '^Tasks\s+Category\s+Common\s+Cause'
        $lines[2] | Should -Match '^\s*10 GpuOutOfMemory\s+all 10 have batch=256 '
        $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($groups, 4))
        ($copy | Out-String -Width 160) | Should -Be ($groups | Out-String -Width 160)
        foreach ($line in ($groups | Out-String -Width 80) -split '\r?\n') { $line.Length | Should -BeLessOrEqual 80 }
        ($groups[0] | Format-List | Out-String) | Should -Match 'Remedy\s+: Use a smaller batch'
    }

    It 'says nothing of a run without failures, and takes rules of the experiment' {
        $fine = 1 | Submit-HpcRun 'true' -Name fine
        $null = $fine | Wait-HpcRun
        $fine | Get-HpcFailure | Should -BeNullOrEmpty
        $null = New-Item -ItemType Directory -Force .hpc
        Set-Content .hpc/failure-rules.yaml "- name: batch`n  category: bad_arguments`n  pattern: Tried to allocate`n  priority: 200`n  remedy: Give another batch."
        ($run | Get-HpcFailure)[0].Category | Should -Be BadArguments
        Set-Content .hpc/failure-rules.yaml "- name: batch`n  colour: red"
        { $run | Get-HpcFailure -ErrorAction Stop } | Should -Throw '*failure-rules.yaml:2:3: there is no key*'
        Remove-Item .hpc/failure-rules.yaml
    }
}
