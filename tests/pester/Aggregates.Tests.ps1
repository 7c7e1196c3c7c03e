BeforeAll { . "$PSScriptRoot/common.ps1" }

Describe 'An aggregate' {
    BeforeAll {
        $script:folder = New-Experiment
        Set-Content task.sh @'
[ "$3" = 0 ] || exit 3
printf '{"loss": %s.25, "eval": {"note": "n%s", "acc": 1e-3}}\n' "$1" "$1" > "$RESULT_DIR/metrics.json"
printf 'epoch,loss\n1,%s\n2,0.5\n' "$1" > "$RESULT_DIR/log.csv"
printf '{"step": 1}\n\n{"step": 2}\n' > "$RESULT_DIR/steps.ndjson"
'@
        $script:whole = New-HpcGrid ([ordered]@{ lr = 1..3; seed = 0, 1; exit = 0 }) | Submit-HpcRun 'sh task.sh {lr} {seed} {exit}' -Name whole
        $script:part = New-HpcGrid ([ordered]@{ lr = 1..2; seed = 0; exit = 0, 3 }) | Submit-HpcRun 'sh task.sh {lr} {seed} {exit}' -Name part
        $null = $script:whole, $script:part | Wait-HpcRun -Timeout 60s
    }
    BeforeEach { Set-Location $script:folder }

    It 'streams one typed object for each task with -Raw' {
        $rows = @($whole | Invoke-HpcAggregate -Raw)
        $rows.Count | Should -Be 6
        $rows[3].PSObject.Properties.Name | Should -Be 'TaskId', 'lr', 'seed', 'exit', 'eval.acc', 'eval.note', 'loss'
        $rows[3].TaskId, $rows[3].lr, $rows[3].seed, $rows[3].loss, $rows[3].'eval.note' | Should -Be 3, 2, 1, 2.25, 'n2'
        $rows[3].loss | Should -BeOfType double
        $rows[3].lr | Should -BeOfType long
        ($whole | Invoke-HpcAggregate -Raw -Metric loss -Prefix m_)[0].PSObject.Properties.Name | Should -Be 'TaskId', 'lr', 'seed', 'exit', 'm_loss'
        ($whole | Invoke-HpcAggregate -Raw | Select-Object -First 1).TaskId | Should -Be 0
        { $whole | Invoke-HpcAggregate -Raw -By lr } | Should -Throw '*nothing to group*'
    }

    It 'is labelled where it is partial' {
        $rows = @($part | Invoke-HpcAggregate -By lr -Partial -WarningVariable warnings)
        "$warnings" | Should -BeNullOrEmpty
        $rows[0].PSObject.Properties.Name[0..3] | Should -Be 'lr', 'TaskCount', 'MissingCount', 'IsPartial'
        $rows.IsPartial | Should -Be $true, $true
        $rows.MissingCount | Should -Be 1, 1
        ($rows | ConvertTo-Json | ConvertFrom-Json)[0].IsPartial | Should -BeTrue
        ($whole | Invoke-HpcAggregate -By seed -Partial).IsPartial | Should -Be $false, $false
        ($part | Invoke-HpcAggregate -Raw -Partial).IsPartial | Should -Be $true, $true
        { $part | Invoke-HpcAggregate -Partial -RequireComplete } | Should -Throw '*-RequireComplete*'
    }

    It 'goes into CSV, JSON and NDJSON with the same columns in every row' {
        $whole | Invoke-HpcAggregate -By lr -Metric loss | Export-Csv by-lr.csv
        Get-Content by-lr.csv | Should -Be '"lr","TaskCount","MissingCount","loss","loss_sd","loss_n"', '"1","2","0","1.25","0","2"', '"2","2","0","2.25","0","2"', '"3","2","0","3.25","0","2"'
        $json = $whole | Invoke-HpcAggregate -By lr -Metric loss | ConvertTo-Json | ConvertFrom-Json
        $json.Count | Should -Be 3
        $json[2].loss | Should -Be 3.25
        $whole | Invoke-HpcAggregate -Raw -Metric loss | ForEach-Object { $_ | ConvertTo-Json -Compress } | Set-Content raw.ndjson
        (Get-Content raw.ndjson)[5] | Should -Be '{"TaskId":5,"lr":3,"seed":1,"exit":0,"loss":3.25}'
        $part | Invoke-HpcAggregate -Raw -WarningAction Ignore | Export-Csv raw.csv
        (Get-Content raw.csv)[0] | Should -Be '"TaskId","lr","seed","exit","eval.acc","eval.note","loss"'
    }

    It 'shows what fits of thousands of columns, and its rows have all' {
        $many = 1..2000 | ForEach-Object { "`"m$_`": $_" }
        Set-Content many.json "{$($many -join ',')}"
        $wide = New-HpcGrid @{ i = 1, 2 } | Submit-HpcRun 'cp many.json "$RESULT_DIR/metrics.json" # {i}' -Name wide
        $null = $wide | Wait-HpcRun -Timeout 60s
        $rows = @($wide | Invoke-HpcAggregate -By i)
        @($rows[0].PSObject.Properties).Count | Should -Be 6003
        $rows[1].m2000 | Should -Be 2000
        (Get-FormatData -TypeName $rows[0].PSObject.TypeNames[0]).FormatViewDefinition[0].Control.Headers.Count | Should -Be 100
        ($rows | Out-String -Width 60) | Should -Match '(?s)TaskCount.*\b1\b'
    }

    It 'names task and place of what it could not use once' {
        Set-Content bad.sh 'echo "{\"x\": }" > "$RESULT_DIR/metrics.json"; : {i}'
        $bad = New-HpcGrid @{ i = 1 } | Submit-HpcRun 'sh bad.sh {i}' -Name bad
        $null = $bad | Wait-HpcRun -Timeout 60s
        $null = $bad | Invoke-HpcAggregate -WarningVariable warnings -WarningAction SilentlyContinue
        "$($warnings[1])" | Should -Match '^task 0: [^:]+metrics\.json:1:7: expected a value$'
    }

    It 'is archived, made again from the archive alone, and tested' {
        $received = $whole | Receive-HpcResult -AsWave -Destination archive
        $received.TaskCount, $received.FileCount | Should -Be 6, 1
        Get-ChildItem archive -Name | Sort-Object | Should -Be 'aggregate.json', 'archive.json', 'tasks', 'waves', "$($whole.RunId).json"
        $moved = Join-Path $env:HPCAGENT_WORK "archive-$([guid]::NewGuid())"
        Move-Item archive $moved
        Set-Location $env:HPCAGENT_WORK
        $again = Invoke-HpcAggregate -FromWave $moved -By lr | ConvertTo-Json
        $again | Should -Be ($whole | Invoke-HpcAggregate -By lr | ConvertTo-Json)
        (Invoke-HpcAggregate -FromWave "$moved/waves/*.ndjson" -Raw).Count | Should -Be 6
        $check = Test-HpcAggregate -FromWave $moved
        $check | Should -BeOfType HpcAgent.AggregateCheck
        $check.IsComplete | Should -BeTrue
        ($check.Invariants | Where-Object State -NE Held).Name | Should -Be 'columns'
        Test-HpcAggregate -FromWave $moved -Quiet | Should -BeTrue
        Add-Content "$moved/waves/0.ndjson" '{"task":77,"metrics":{}}'
        $bad = Test-HpcAggregate $whole.RunId -FromWave $moved
        $bad.UnexpectedTaskIds | Should -Be 77
        ($bad | Out-String -Width 200) | Should -Match 'False\s+whole-\S+\s+6/6\s+1/1\s+no_unexpected_tasks: the run has no task 77'
        ($bad.Invariants | Out-String -Width 160) | Should -Match 'Violated\s+provenance_present'
    }

    It 'of a run with failed tasks is not complete' {
        $check = $part | Test-HpcAggregate
        $check.IsComplete | Should -BeFalse
        $check.MissingTaskIds | Should -Be 1, 3
        $part | Test-HpcAggregate -Quiet | Should -BeFalse
    }

    It 'has results that open as objects' {
        $rows = $whole | Receive-HpcResult -TaskId 4 -Destination out -AsObject
        ($rows | Where-Object File -Like *log.csv).loss | Should -Be '3', '0.5'
        ($rows | Where-Object File -Like *steps.ndjson).step | Should -Be 1, 2
        ($rows | Where-Object File -Like *metrics.json).eval.note | Should -Be n3
        $rows.TaskId | Select-Object -Unique | Should -Be 4
        { $whole | Receive-HpcResult -AsObject -AsWave } | Should -Throw '*-AsWave writes an archive*'
    }
}
