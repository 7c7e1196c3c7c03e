<#
.SYNOPSIS
Packs a module folder as a .nupkg of the shape that the PowerShell Gallery takes.
#>
param(
    [Parameter(Mandatory)] [string] $Module,
    [Parameter(Mandatory)] [string] $Version,
    [Parameter(Mandatory)] [string] $Destination
)
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3
$manifest = Import-PowerShellDataFile (Join-Path $Module 'HpcAgent.psd1')
$escape = { [Security.SecurityElement]::Escape($args[0]) }
$tags = @('PSModule', 'PSIncludes_Cmdlet') + $manifest.PrivateData.PSData.Tags + ($manifest.CmdletsToExport | ForEach-Object { "PSCmdlet_$_"; "PSCommand_$_" })
$nuspec = @"
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd">
  <metadata>
    <id>HpcAgent</id>
    <version>$Version</version>
    <authors>$(& $escape $manifest.Author)</authors>
    <owners>$(& $escape $manifest.CompanyName)</owners>
    <requireLicenseAcceptance>false</requireLicenseAcceptance>
    <description>$(& $escape $manifest.Description)</description>
    <releaseNotes>$(& $escape $manifest.PrivateData.PSData.ReleaseNotes)</releaseNotes>
    <copyright>$(& $escape $manifest.Copyright)</copyright>
    <tags>$(& $escape ($tags -join ' '))</tags>
  </metadata>
</package>
"@
$relations = @'
<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/HpcAgent.nuspec" Id="R1" />
</Relationships>
'@
$files = Get-ChildItem -Recurse -File -Force $Module
$endings = $files | ForEach-Object { $_.Extension.TrimStart('.') } | Where-Object { $_ } | Sort-Object -Unique
$types = @(
    '<?xml version="1.0" encoding="utf-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '  <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" />'
    '  <Default Extension="nuspec" ContentType="application/octet" />'
    $endings | ForEach-Object { "  <Default Extension=`"$_`" ContentType=`"application/octet`" />" }
    $files | Where-Object { -not $_.Extension } | ForEach-Object {
        "  <Override PartName=`"/$([IO.Path]::GetRelativePath($Module, $_.FullName).Replace('\', '/'))`" ContentType=`"application/octet`" />"
    }
    '</Types>'
) -join "`n"

$null = New-Item -ItemType Directory -Force (Split-Path $Destination)
if (Test-Path $Destination) { Remove-Item $Destination }
$zip = [IO.Compression.ZipFile]::Open($Destination, 'Create')
try {
    foreach ($part in @{ 'HpcAgent.nuspec' = $nuspec; '_rels/.rels' = $relations; '[Content_Types].xml' = $types }.GetEnumerator()) {
        $writer = [IO.StreamWriter]::new($zip.CreateEntry($part.Key).Open())
        try { $writer.Write($part.Value) } finally { $writer.Dispose() }
    }
    foreach ($file in $files) {
        $null = [IO.Compression.ZipFileExtensions]::CreateEntryFromFile($zip, $file.FullName, [IO.Path]::GetRelativePath($Module, $file.FullName).Replace('\', '/'))
    }
}
finally { $zip.Dispose() }
