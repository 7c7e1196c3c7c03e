BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $repository = Join-Path $PSScriptRoot '../..'
    $script:text = (Get-Content -Raw (Join-Path $repository 'README.md')).Replace("`r", '')
    $script:blocks = @([regex]::Matches($text, '(?s)```powershell\n(.*?)\n```\n\n```text\n(.*?)\n```'))
    $folder = New-Experiment readme
    Copy-Item (Join-Path $repository 'templates/scaffolds/quickstart') (Join-Path $folder 'hpc-quickstart') -Recurse
    $script:separator = '=' * 20
    # Without what differs from run to run and from width to width: names, rules and blanks.
    function Get-Plain([string] $Shown) { ($Shown -replace '-\d{8}-\d{6}-[0-9a-f]{8}' -replace '-+' -replace '[ ]+', ' ' -replace ' ?\n ?', "`n").Trim() }
    # The blocks as one person types them, in one session, and what each of them shows.
    function Invoke-Readme([int] $Width) {
        $code = ($blocks | ForEach-Object { $_.Groups[1].Value.Replace('./HpcAgent.psd1', $script:manifest) } |
            ForEach-Object { "& { . { $_ } | Out-String -Width $Width } | Out-Host; '$separator'" }) -replace '& \{ \. ', '. { . ' -join "`n"
        $result = Invoke-Line $code -NoImport
        $result.Error | Should -BeNullOrEmpty
        # Watch-HpcRun writes a line for each change where there is no terminal to draw in.
        $output = $result.Output -replace '\r' -replace '(?m)^\d\d:\d\d:\d\d .*\n'
        @($output -split $separator | ForEach-Object { $_.Trim() })
    }
}

Describe 'The README' {
    It 'shows what its lines give in <_> columns' -ForEach 80, 160 {
        $shown = Invoke-Readme $_
        $blocks.Count | Should -Be 2
        for ($i = 0; $i -lt $blocks.Count; $i++) {
            Get-Plain $shown[$i] | Should -Be (Get-Plain $blocks[$i].Groups[2].Value)
            foreach ($line in $shown[$i] -split '\n') { $line.Length | Should -BeLessOrEqual $_ }
        }
    }

    It 'names only cmdlets that there are, and all of them' {
        $named = [regex]::Matches($text, '\b[A-Z][a-z]+-Hpc[A-Z]\w+').Value | Sort-Object -Unique
        $there = (Get-Command -Module HpcAgent).Name
        Compare-Object $named $there | Where-Object { $_.InputObject -ne 'Get-HpcCluster' } | Should -BeNullOrEmpty
    }
}
