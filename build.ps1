<#
.SYNOPSIS
Builds, tests and packs HpcAgent.
.DESCRIPTION
Build    compiles everything; afterwards Import-Module ./HpcAgent.psd1 works
Help     makes PowerShell's help of docs/cmdlets and docs/about
Test     runs all tests; those of the module run against a package in its own folder
Package  makes artifacts/HpcAgent/<version> and artifacts/HpcAgent.<version>.nupkg
Clean    removes what the others made
.EXAMPLE
./build.ps1
.EXAMPLE
./build.ps1 -Task Package
#>
#requires -Version 7.4
param(
    [ValidateSet('Build', 'Help', 'Test', 'Package', 'Clean')]
    [string[]] $Task = ('Build', 'Help'),
    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',
    # Where Package puts what it makes.
    [string] $Output = (Join-Path $PSScriptRoot 'artifacts'),
    # Take what module/bin holds already.
    [switch] $NoBuild
)
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3
$root = $PSScriptRoot
$done = @{ Build = $false; Help = $false }

# All that a package holds. What is not here does not ship, and what is missing stops the packing.
$packageFiles = @(
    'HpcAgent.psd1', 'LICENSE', 'README.md'
    'module/HpcAgent.psm1', 'module/HpcAgent.Format.ps1xml', 'module/HpcAgent.Types.ps1xml'
    'module/bin/HpcAgent.dll', 'module/bin/HpcAgent.Kernels.dll', 'module/bin/HpcAgent.Engine.dll', 'module/bin/HpcAgent.Cmdlets.dll', 'module/bin/YamlDotNet.dll'
    'module/bin/cli/hpc-agent.dll', 'module/bin/cli/hpc-agent.deps.json', 'module/bin/cli/hpc-agent.runtimeconfig.json'
    "module/bin/cli/hpc-agent$($IsWindows ? '.exe' : '')", 'module/bin/cli/supervise.ps1'
    'module/bin/cli/HpcAgent.dll', 'module/bin/cli/HpcAgent.Kernels.dll', 'module/bin/cli/HpcAgent.Engine.dll', 'module/bin/cli/YamlDotNet.dll'
    'module/bin/cli/System.CommandLine.dll', 'module/bin/cli/Spectre.Console.dll'
    'module/bin/en-US/HpcAgent.Cmdlets.dll-Help.xml', 'module/bin/en-US/about_HpcAgent.help.txt'
    'module/bin/en-US/about_HpcAgent_Runs.help.txt', 'module/bin/en-US/about_HpcAgent_Troubleshooting.help.txt'
    Get-ChildItem -Recurse -File -Force (Join-Path $root 'templates') | ForEach-Object {
        'module/bin/cli/templates/' + [IO.Path]::GetRelativePath((Join-Path $root 'templates'), $_.FullName).Replace('\', '/')
    }
)

function Invoke-Program([string] $Program) {
    & $Program @args
    if ($LASTEXITCODE -ne 0) { throw "$Program $args ended with exit code $LASTEXITCODE" }
}

function Invoke-Build {
    if ($NoBuild -or $done.Build) { return }
    Invoke-Program dotnet build (Join-Path $root 'HpcAgent.sln') -c $Configuration -v q --nologo
    $done.Build = $true
}

function Invoke-Help {
    if ($done.Help) { return }
    Invoke-Build
    $bin = Join-Path $root 'module/bin/en-US'
    if (Test-Path $bin) { Remove-Item $bin -Recurse }
    # In a process of its own, so that this session stays free to import another copy.
    Invoke-Program (Join-Path $PSHOME 'pwsh') -NoLogo -NoProfile -NonInteractive -File (Join-Path $root 'tools/ConvertTo-Help.ps1') -Root $root -Destination $bin
    $done.Help = $true
}

function Invoke-Test {
    Invoke-Build
    Invoke-Program dotnet test (Join-Path $root 'HpcAgent.sln') -c $Configuration --nologo --no-build
}

function Get-Version {
    $props = [xml](Get-Content -Raw (Join-Path $root 'Directory.Build.props'))
    $version = $props.SelectSingleNode('//Version').InnerText
    $manifest = (Import-PowerShellDataFile (Join-Path $root 'HpcAgent.psd1')).ModuleVersion
    if ($version -ne $manifest) { throw "Directory.Build.props says $version, HpcAgent.psd1 $manifest" }
    $version
}

function Invoke-Package {
    $version = Get-Version
    Invoke-Help
    $target = Join-Path $Output "HpcAgent/$version"
    if (Test-Path $target) { Remove-Item $target -Recurse }
    foreach ($file in $packageFiles) {
        $source = Join-Path $root $file
        if (-not (Test-Path $source)) { throw "$file is missing; a package cannot be made without it" }
        $null = New-Item -ItemType Directory -Force (Split-Path (Join-Path $target $file))
        Copy-Item $source (Join-Path $target $file)
    }
    $found = Get-ChildItem -Recurse -File -Force $target | ForEach-Object { [IO.Path]::GetRelativePath($target, $_.FullName).Replace('\', '/') }
    $difference = Compare-Object $packageFiles $found
    if ($difference) { throw "the package differs from its list: $($difference | ForEach-Object { "$($_.SideIndicator) $($_.InputObject)" })" }
    $null = Test-ModuleManifest (Join-Path $target 'HpcAgent.psd1')
    & (Join-Path $root 'tools/New-GalleryPackage.ps1') -Module $target -Version $version -Destination (Join-Path $Output "HpcAgent.$version.nupkg")
    Write-Host "$target"
    Write-Host "$(Join-Path $Output "HpcAgent.$version.nupkg")"
}

function Invoke-Clean {
    foreach ($folder in 'artifacts', 'module/bin') {
        $path = Join-Path $root $folder
        if (Test-Path $path) { Remove-Item $path -Recurse -Force }
    }
    Get-ChildItem (Join-Path $root 'src'), (Join-Path $root 'tests') -Directory | ForEach-Object {
        foreach ($made in 'bin', 'obj') {
            $path = Join-Path $_.FullName $made
            if (Test-Path $path) { Remove-Item $path -Recurse -Force }
        }
    }
}

foreach ($name in $Task) { & "Invoke-$name" }
