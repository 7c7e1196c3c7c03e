BeforeAll {
    . "$PSScriptRoot/common.ps1"
    # What the page says: tables by their names, as rows of texts.
    function Read-Report([IO.FileInfo] $File) {
        $settings = [Xml.XmlReaderSettings]@{ DtdProcessing = 'Ignore'; XmlResolver = $null }
        $reader = [Xml.XmlReader]::Create($File.FullName, $settings)
        try { $page = [Xml.XmlDocument]::new(); $page.PreserveWhitespace = $true; $page.Load($reader) } finally { $reader.Dispose() }
        $page
    }
    function Get-Cell([xml] $Page, [string] $Table) {
        $rows = $Page.SelectNodes("//div[@aria-label='$Table']//tbody/tr")
        foreach ($row in $rows) { , @($row.SelectNodes('td').InnerText) }
    }
    $null = New-Experiment
    Set-Content fit.sh @'
[ "$1" != 256 ] || { echo "RuntimeError: CUDA out of memory. Tried to allocate 2.00 MiB"; exit 1; }
printf '{"loss": %s, "nested": {"<b>acc": 0.%s}}' "$2" "$2" > "$RESULT_DIR/metrics.json"
'@
    $script:run = New-HpcGrid ([ordered]@{ batch = 32, 64, 256; seed = 1..4; label = '<script>alert(1)</script>', 'b' }) | Submit-HpcRun 'sh fit.sh {batch} {seed}' -Name shown -Memory 1G -Walltime 10m
    $null = $run | Wait-HpcRun
    $script:file = $run | Export-HpcReport -WarningAction Ignore
    $script:page = Read-Report $file
}

Describe 'Export-HpcReport' {
    It 'writes one file below _aggregated, which is no part of the code' {
        $file | Should -BeOfType IO.FileInfo
        $file.FullName | Should -Be (Join-Path $PWD "_aggregated/$($run.RunId)/report.html")
        @(Get-ChildItem $file.Directory).Count | Should -Be 1
        (New-HpcGrid ([ordered]@{ batch = 32, 64, 256; seed = 1..4; label = '<script>alert(1)</script>', 'b' }) | Submit-HpcRun 'sh fit.sh {batch} {seed}' -Name shown -Memory 1G -Walltime 10m).IdentitySha | Should -Be $run.IdentitySha
    }

    It 'has the counts of Get-HpcStatus' {
        $counts = ($run | Get-HpcStatus).Counts
        $tiles = @($page.SelectNodes("//ul[@class='tiles']/li").InnerText)
        $tiles | Should -Be "$($counts.TotalCount) tasks", "$($counts.CompleteCount) complete", "$($counts.FailedCount) failed"
        @(Get-Cell $page 'Tasks over time')[-1][1..2] | Should -Be "$($counts.CompleteCount)", "$($counts.FailedCount)"
    }

    It 'has the numbers of Get-HpcEfficiency' {
        $use = $run | Get-HpcEfficiency
        (Get-Cell $page 'How long tasks took' | ForEach-Object { [long]$_[2] + [long]$_[3] } | Measure-Object -Sum).Sum | Should -Be $use.MeasuredCount
        (Get-Cell $page 'Peak memory of tasks' | ForEach-Object { [long]$_[2] + [long]$_[3] } | Measure-Object -Sum).Sum | Should -Be $use.PeakMemoryCount
        $page.SelectSingleNode("//dt[.='Core-hours allocated']/following-sibling::dd").InnerText | Should -Be ([HpcAgent.Cmdlets._Format]::Number($use.AllocatedCoreHours))
        @(Get-Cell $page 'Asked for and used')[1] | Should -Be 'memory', '1 GB', ([HpcAgent.Cmdlets._Format]::Bytes($use.PeakMemoryBytes)), ([HpcAgent.Cmdlets._Format]::Percent($use.MemoryEfficiency)), ([HpcAgent.Cmdlets._Format]::Bytes($use.Suggested.MemoryBytes))
    }

    It 'has the groups of Get-HpcFailure' {
        $groups = @($run | Get-HpcFailure)
        $shown = $page.SelectNodes('//article')
        $shown.Count | Should -Be $groups.Count
        $shown[0].h3.InnerText | Should -Be "$($groups[0].TaskCount) × gpu out of memory: $($groups[0].Cause)"
        $shown[0].InnerText | Should -Match ([regex]::Escape($groups[0].Remedy))
        @(Get-Cell $page 'What these tasks have more often than others')[0] | Should -Be @(
            'batch', '= 256', "$($groups[0].Lifts[0].GroupMatchCount) of 8", '0 of 16', ([HpcAgent.Cmdlets._Format]::Number($groups[0].Lifts[0].OddsRatio)), ([HpcAgent.Cmdlets._Format]::Number($groups[0].Lifts[0].PValue)))
    }

    It 'has the rows of Invoke-HpcAggregate' {
        $rows = @($run | Invoke-HpcAggregate -By batch, label -WarningAction Ignore)
        $other = Read-Report ($run | Export-HpcReport -By batch, label -Path by.html)
        $columns = @($other.SelectNodes("//div[@aria-label='Aggregate']//th").InnerText)
        $columns | Should -Be $rows[0].PSObject.Properties.Name
        $cells = @(Get-Cell $other 'Aggregate')
        $cells.Count | Should -Be $rows.Count
        for ($i = 0; $i -lt $rows.Count; $i++) { $cells[$i] | Should -Be @($rows[$i].PSObject.Properties.Value | ForEach-Object { [HpcAgent.Cmdlets._Format]::Number($_) }) }
        $other.SelectNodes("//figure/figcaption/strong").InnerText | Should -Contain 'loss by batch'
        $by = @($run | Invoke-HpcAggregate -By batch -Statistic mean, se, n -Metric loss -WarningAction Ignore)
        $drawn = @(Get-Cell $other 'loss by batch')
        $drawn[0] | Should -Be @(@($by[0].batch, $by[0].loss_mean, $by[0].loss_se, $by[0].loss_n) | ForEach-Object { [HpcAgent.Cmdlets._Format]::Number($_) })
    }

    It 'shows markup in values and names as text, and says what is missing' {
        @($page.SelectNodes('//script')).Count | Should -Be 1
        $page.DocumentElement.InnerText | Should -Match ([regex]::Escape('<script>alert(1)</script>'))
        $page.DocumentElement.InnerText | Should -Match ([regex]::Escape('nested.<b>acc'))
        $page.SelectSingleNode("//section[@aria-labelledby='notes']").InnerText | Should -Match '16 of 24 tasks contribute'
    }

    It 'replaces an older report, and any other file only with -Force' {
        Set-Content mine.html 'my notes'
        { $run | Export-HpcReport -Path mine.html -ErrorAction Stop } | Should -Throw '*is no report of a run*'
        Get-Content mine.html | Should -Be 'my notes'
        ($run | Export-HpcReport -Path mine.html -Force).Length | Should -BeGreaterThan 10000
        ($run | Export-HpcReport -Path mine.html -Metric loss).Length | Should -BeLessThan $file.Length
        $run | Export-HpcReport -Path never.html -WhatIf
        Test-Path never.html | Should -BeFalse
        { $run | Export-HpcReport -Metric losss -Path never.html -ErrorAction Stop } | Should -Throw "*no metric 'losss'*"
        { $run | Export-HpcReport -By lr -Path never.html -ErrorAction Stop } | Should -Throw
    }

    It 'gives columns names of their own where metrics are called like parameters, and says which; Invoke-HpcAggregate wants a prefix' {
        $clash = New-HpcGrid ([ordered]@{ loss = 1, 2; loss_mean = 1, 2; loss_weight = 3 }) |
            Submit-HpcRun 'printf ''{{"loss": {loss}.5, "LOSS": 7, "loss_sd": 4}}'' > "$RESULT_DIR/metrics.json"' -Name clash
        $null = $clash | Wait-HpcRun
        $other = Read-Report ($clash | Export-HpcReport -Path clash.html)
        @($other.SelectNodes("//div[@aria-label='Aggregate']//th").InnerText) | Should -Be 'loss', 'loss_mean', 'loss_weight', 'TaskCount', 'MissingCount',
            'metric.LOSS', 'LOSS_sd', 'LOSS_n', 'metric.metric.loss', 'metric.loss_sd', 'metric.loss_n', 'metric.metric.loss_sd', 'loss_sd_sd', 'loss_sd_n'
        $other.SelectSingleNode("//section[@aria-labelledby='notes']").InnerText | Should -Match 'mean of the metric "loss" is in the column metric\.metric\.loss, because loss is another'
        @(Get-Cell $other 'Aggregate')[2][8] | Should -Be '2.5'
        { $clash | Invoke-HpcAggregate } | Should -Throw '*Two columns would be called*'
        ($clash | Invoke-HpcAggregate -Metric loss -Prefix m_)[2].m_loss | Should -Be 2.5
    }

    It 'draws 500 values of one parameter, and shows each of forty metrics' {
        $many = 1..500 | Submit-HpcRun 'awk -v x={_} ''BEGIN {{ printf "{{"; for (i = 0; i < 40; i++) printf "%s\"m%d\": %d", (i ? "," : ""), i, x * i; printf "}}" }}'' > "$RESULT_DIR/metrics.json"' -Name many
        $null = $many | Wait-HpcRun
        $other = Read-Report ($many | Export-HpcReport -Path many.html)
        $other.SelectNodes("//svg[.//text()='_']/*[local-name()='path'][@class='dots']").Count | Should -Be 24
        $all = @($many | Invoke-HpcAggregate -By @() -Statistic n, mean, sd, min, max)[0]
        $cells = @(Get-Cell $other 'Every metric over all tasks')
        $cells.Count | Should -Be 40
        $cells[1] | Should -Be @(@('m1') + @('n', 'mean', 'sd', 'min', 'max' | ForEach-Object { [HpcAgent.Cmdlets._Format]::Number($all."m1_$_") }))
    }

    It 'takes several runs into a folder, one that lives and one of a single task among them' {
        $one = 1 | Submit-HpcRun 'true' -Name one
        $null = $one | Wait-HpcRun
        $live = 1..4 | Submit-HpcRun 'sleep 30; echo {_}' -Name live
        try {
            { $run, $one | Export-HpcReport -Path both.html } | Should -Throw '*cannot share the file*'
            $files = @($run, $one, $live | Export-HpcReport -Path pages)
            $files.Name | Should -Be "$($run.RunId).html", "$($one.RunId).html", "$($live.RunId).html"
            (Read-Report $files[1]).DocumentElement.InnerText | Should -Match 'No task has written metrics\. What tasks write into '
            (Read-Report $files[2]).DocumentElement.InnerText | Should -Match 'in flight'
        }
        finally { $live | Stop-HpcRun -Confirm:$false }
        (Read-Report ($live | Export-HpcReport)).SelectNodes('//svg').Count | Should -BeGreaterThan 0
    }
}
