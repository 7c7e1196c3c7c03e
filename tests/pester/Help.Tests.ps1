BeforeDiscovery {
    $docs = Join-Path $PSScriptRoot '../../docs/cmdlets'
    $examples = foreach ($file in Get-ChildItem $docs -Filter *.md) {
        $number = 0
        foreach ($match in [regex]::Matches((Get-Content -Raw $file), '(?s)### (Example \d+: [^\n]+)\n\n```powershell\n(.*?)\n```')) {
            @{ Cmdlet = $file.BaseName; Title = $match.Groups[1].Value; Code = $match.Groups[2].Value; Number = $number++ }
        }
    }
    $hasPython = [bool](Get-Command python3 -ErrorAction Ignore)
}

Describe 'The examples' {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        function New-ExampleFolder {
            $null = New-Experiment example
            Set-Content train.py @'
import argparse, json, os
parser = argparse.ArgumentParser()
for name in ("--lr", "--seed", "--depth"): parser.add_argument(name, type=float, default=1)
a = parser.parse_args()
print("training", a.lr, a.seed)
json.dump({"loss": a.lr * a.seed}, open(os.path.join(os.environ["RESULT_DIR"], "metrics.json"), "w"))
'@
            Set-Content sweep.csv "lr,seed`n0.1,1`n0.01,2"
            Set-Content .hpcignore "out/`nby-lr.csv`nexample-*/"
        }
    }

    It '<Cmdlet>, <Title>, runs as printed and fits in 80 and 160 columns' -ForEach $examples -Skip:(-not $hasPython) {
        New-ExampleFolder
        # What $run is in the examples: a small sweep that has ended.
        $run = New-HpcGrid ([ordered]@{ lr = 0.1, 0.01; seed = 1..2 }) | Submit-HpcRun 'python3 train.py --lr {lr} --seed {seed}'
        $null = $run | Wait-HpcRun -Timeout 60s
        $Error.Clear()
        $ErrorActionPreference = 'Stop'
        $result = @(. ([scriptblock]::Create($Code)))
        $Error | Should -BeNullOrEmpty
        foreach ($width in 80, 160) {
            foreach ($line in ($result | Out-String -Width $width) -split '\r?\n') { $line.Length | Should -BeLessOrEqual $width }
        }
    }
}

Describe 'The topics' {
    BeforeAll { . "$PSScriptRoot/common.ps1" }

    It 'finds <_>' -ForEach 'about_HpcAgent', 'about_HpcAgent_Runs', 'about_HpcAgent_Troubleshooting' {
        "$(Get-Help $_)" | Should -Match "TOPIC\s+$_\s"
        (Get-Help $_ | Out-String) | Should -Match 'SHORT DESCRIPTION'
    }

    It 'names only commands that exist' {
        $text = (Get-ChildItem (Join-Path $PSScriptRoot '../../docs/about'), (Join-Path $PSScriptRoot '../../docs/cmdlets') -Filter *.md | Get-Content -Raw) -join "`n"
        $named = [regex]::Matches($text, '\b[A-Z][a-z]+-Hpc[A-Z]\w+').Value | Sort-Object -Unique
        $named | Where-Object { -not (Get-Command $_ -ErrorAction Ignore) } | Should -BeNullOrEmpty
    }
}
