# One real task before all others, as people use it.
BeforeAll { . "$PSScriptRoot/common.ps1" }

Describe 'Submit-HpcRun -Canary' {
    BeforeEach {
        $script:folder = New-Experiment
        Remove-Item Env:HPC_AGENT_ALWAYS_CANARY, Env:HPC_CANARY_TTL_SEC -ErrorAction Ignore
    }
    AfterAll { Remove-Item Env:HPC_AGENT_ALWAYS_CANARY, Env:HPC_CANARY_TTL_SEC -ErrorAction Ignore }

    It 'sends one task, then the run, and tells what the task needed' {
        $out = 1..3 | Submit-HpcRun 'sh task.sh {_}' -Name gate -Canary -InformationVariable told -InformationAction SilentlyContinue -Verbose 4>&1
        $run = $out | Where-Object { $_ -is [HpcAgent.Run] }
        $run.TaskCount | Should -Be 3
        $canary = Get-HpcRun "$($run.RunId)-canary"
        $canary.TaskCount, $canary.State | Should -Be 1, Complete
        "$told" | Should -Match "Canary $($canary.RunId) passed: its task succeeded after .*Each task of the run asks for 1 processor.*, 5m|6m"
        "$out" | Should -BeLike "*the canary $($canary.RunId) took *a task may take 6m: twice what the canary took*"
        ($run | Wait-HpcRun -Timeout 60s).State | Should -Be Complete
        $again = 1..3 | Submit-HpcRun 'sh task.sh {_}' -Name gate -Canary
        $again.RunId, $again.Deduplicated | Should -Be $run.RunId, $true
        @(Get-HpcRun).Count | Should -Be 2
    }

    It 'does not send the run if the task fails, and says why in an error that scripts can read' {
        $record = $null
        try { 1..3 | Submit-HpcRun 'echo so far; echo so bad >&2; exit 4' -Name bad -Canary } catch { $record = $_ }
        $record.FullyQualifiedErrorId | Should -BeLike 'RemoteCommandFailed,*SubmitHpcRun*'
        "$record" | Should -Match '(?s)the canary bad-\S+-canary did not pass \(command_failed\): its task ended with exit code 4.*The run was not submitted.*so far\s+so bad'
        $record.ErrorDetails.RecommendedAction | Should -BeLike '*Get-HpcLog bad-*-canary*'
        $record.TargetObject | Should -BeOfType HpcAgent.CanaryVerdict
        $record.TargetObject.Kind, $record.TargetObject.Task.ExitCode | Should -Be CommandFailed, 4
        @(Get-HpcRun).RunId | Should -BeLike 'bad-*-canary'
        (Get-HpcLog $record.TargetObject.RunId -TaskId 0).Content | Should -BeLike "so far*"
    }

    It 'sends a new one when the failure is mended' {
        Set-Content task.sh 'exit 1'
        { 1..3 | Submit-HpcRun 'sh task.sh {_}' -Name mend -Canary } | Should -Throw
        Set-Content task.sh 'exit 0'
        (1..3 | Submit-HpcRun 'sh task.sh {_}' -Name mend -Canary -InformationAction Ignore -WarningAction Ignore).TaskCount | Should -Be 3
        @(Get-HpcRun).Count | Should -Be 3
    }

    It 'says with -WhatIf what it would do, for the task that is named, and does nothing' {
        $said = Invoke-Line "1..5 | Submit-HpcRun 'sh task.sh {_}' -Name maybe -CanaryTask 3 -WhatIf"
        ($said.Output -replace '\s+', ' ') | Should -BeLike '*canary: task 3 (_=4) is sent first, alone, as maybe-<time>-*-canary; the run follows only if it succeeds*'
        Get-HpcRun | Should -BeNullOrEmpty
    }

    It 'wants a file that the task must leave' {
        { 1..3 | Submit-HpcRun 'sh task.sh {_}' -Name file -CanaryOutput model.pt } | Should -Throw '*missing_output*did not leave model.pt*'
        (1..3 | Submit-HpcRun 'sh task.sh {_}' -Name file -CanaryOutput metrics.json -InformationAction Ignore).TaskCount | Should -Be 3
    }

    It 'refuses a task that is not there, and a task whose id the command uses' {
        { 1..3 | Submit-HpcRun 'sh task.sh {_}' -CanaryTask 3 } | Should -Throw '*task 3 cannot be the canary: the run has 3 tasks*'
        { 1..3 | Submit-HpcRun 'sh task.sh {task_id}' -CanaryTask 1 } | Should -Throw "*uses the task's id*"
        { 1..3 | Submit-HpcRun 'sh task.sh {_}' -CanaryTask -1 } | Should -Throw
    }

    It 'has none for one task, and says so' {
        $null = 1 | Submit-HpcRun 'sh task.sh {_}' -Name one -Canary -WarningVariable warnings -WarningAction Ignore
        "$warnings" | Should -BeLike '*one task*'
        @(Get-HpcRun).Count | Should -Be 1
    }

    It 'is asked for by the environment where nothing is said' {
        $env:HPC_AGENT_ALWAYS_CANARY = '1'
        $run = 1..2 | Submit-HpcRun 'sh task.sh {_}' -Name always -InformationAction Ignore
        (Get-HpcRun "$($run.RunId)-canary").State | Should -Be Complete
        $null = 1..2 | Submit-HpcRun 'sh task.sh {_} ' -Name never -Canary:$false
        Get-HpcRun 'never-*-canary' | Should -BeNullOrEmpty
    }
}
