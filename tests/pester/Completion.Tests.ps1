BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $script:folder = New-Experiment
    $script:old = New-HpcGrid ([ordered]@{ 'lr' = 1..2; 'my width' = 0, 2 }) | Submit-HpcRun 'sh task.sh {lr} "{my width}"' -Name first
    $null = $script:old | Wait-HpcRun
    Start-Sleep -Seconds 1
    $script:new = 1 | Submit-HpcRun 'sh task.sh {_}' -Name second
    $null = $script:new | Wait-HpcRun
}

Describe 'Tab' {
    BeforeEach { Set-Location $script:folder }

    It 'completes runs, the newest first, with what they are' {
        $found = Complete 'Get-HpcStatus '
        $found.CompletionText | Should -Be $new.RunId, $old.RunId
        $found[0].ToolTip | Should -Match 'complete, local, 1 tasks'
        (Complete 'Get-HpcStatus -RunId FIR').CompletionText | Should -Be $old.RunId
        (Complete 'Get-HpcRun cond').CompletionText | Should -Be $new.RunId
    }

    It 'completes runs of another experiment' {
        Set-Location ([IO.Path]::GetTempPath())
        (Complete "Get-HpcStatus -ExperimentPath '$folder' -RunId sec").CompletionText | Should -Be $new.RunId
    }

    It 'completes clusters' { (Complete 'Submit-HpcRun x -Cluster ').CompletionText | Should -Be 'local' }

    It 'completes tasks, those that failed first' {
        $found = Complete "Get-HpcLog $($old.RunId) -TaskId "
        $found.CompletionText | Should -Be 1, 3, 0, 2
        $found[0].ToolTip | Should -Be 'failed'
    }

    It 'completes the parameters of the run, quoted where need be' {
        (Complete "Invoke-HpcAggregate $($old.RunId) -By ").CompletionText | Should -Be 'lr', "'my width'"
        (Complete 'Invoke-HpcAggregate -By ').CompletionText | Should -Be '_'
        (Complete "Invoke-HpcAggregate $($old.RunId) -By 'my").CompletionText | Should -Be "'my width'"
    }

    It 'completes statistics, states and properties' {
        (Complete 'Invoke-HpcAggregate -Statistic me').CompletionText | Should -Be 'mean', 'median'
        (Complete 'Get-HpcRun -State Fa').CompletionText | Should -Be 'Failed'
        (Complete 'Get-HpcRun | Where-Object RunI').CompletionText | Should -Be 'RunId'
    }

    It 'proposes nothing, and does not fail, where nothing can be read' {
        $Error.Clear()
        $before = $env:HPC_JOURNAL_DIR
        try {
            $env:HPC_JOURNAL_DIR = 'relative'
            Complete 'Get-HpcStatus -RunId ' | Where-Object CompletionText -Like '*first*' | Should -BeNullOrEmpty
        }
        finally { $env:HPC_JOURNAL_DIR = $before }
        Complete "Invoke-HpcAggregate nosuch -By z" | Where-Object CompletionText -Like 'lr' | Should -BeNullOrEmpty
        $Error | Should -BeNullOrEmpty
    }
}
