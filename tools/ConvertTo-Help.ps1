<#
.SYNOPSIS
Makes PowerShell's help files of the markdown in docs.
.DESCRIPTION
Reads docs/cmdlets/*.md (the headings of the platyPS schema) and docs/about/about_*.md. What the markdown does not hold, syntax, types and
positions, comes from the cmdlets themselves, so that it cannot be out of date. Run it in a process of its own: it imports the module.
#>
param(
    [Parameter(Mandatory)] [string] $Root,
    [Parameter(Mandatory)] [string] $Destination
)
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3
Import-Module (Join-Path $Root 'HpcAgent.psd1')
$common = [Management.Automation.PSCmdlet]::CommonParameters + [Management.Automation.PSCmdlet]::OptionalCommonParameters
$namespaces = @{
    maml    = 'http://schemas.microsoft.com/maml/2004/10'
    command = 'http://schemas.microsoft.com/maml/dev/command/2004/10'
    dev     = 'http://schemas.microsoft.com/maml/dev/2004/10'
}

# The parts of a document: a heading of a level, and the text below it.
function Split-Heading([string] $Text, [int] $Level) {
    $parts = [ordered]@{}
    $pattern = "(?m)^#{$Level} +(.+?) *`r?$"
    $found = [regex]::Matches((Hide-Code $Text), $pattern)
    for ($i = 0; $i -lt $found.Count; $i++) {
        $start = $found[$i].Index + $found[$i].Length
        $end = if ($i + 1 -lt $found.Count) { $found[$i + 1].Index } else { $Text.Length }
        $parts[$Text.Substring($found[$i].Groups[1].Index, $found[$i].Groups[1].Length)] = $Text.Substring($start, $end - $start).Trim()
    }
    $parts
}

# Comments in code begin like headings; they are blanked out where headings are looked for.
function Hide-Code([string] $Text) {
    [regex]::Replace($Text, '(?s)```.*?```', { param($m) [regex]::Replace($m.Value, '[^\n]', ' ') })
}

# Markdown as a terminal shows it.
function ConvertTo-Plain([string] $Text) {
    $Text = [regex]::Replace($Text, '\[([^\]]+)\]\([^)]+\)', '$1')
    $Text = [regex]::Replace($Text, '\*\*([^*]+)\*\*', '$1')
    $Text = [regex]::Replace($Text, '(?<!\w)\*(\w+)\*', '$1')
    $Text.Replace('`', '')
}

function Get-TypeName([type] $Type) {
    $inner = [Nullable]::GetUnderlyingType($Type)
    ($inner ? $inner : $Type).Name
}

function Write-Paragraph($Xml, [string] $Element, [string] $Namespace, [string] $Text) {
    $Xml.WriteStartElement($Element, $namespaces[$Namespace])
    foreach ($paragraph in (ConvertTo-Plain $Text) -split '(?:\r?\n){2,}') {
        $Xml.WriteElementString('para', $namespaces.maml, ($paragraph -replace '\s*\r?\n\s*', ' '))
    }
    $Xml.WriteEndElement()
}

function Write-Parameter($Xml, $Parameter, $Set, [string] $Description) {
    $isSwitch = $Parameter.ParameterType -eq [switch]
    $input = @(
        if ($Set.ValueFromPipeline) { 'ByValue' }
        if ($Set.ValueFromPipelineByPropertyName) { 'ByPropertyName' }
    )
    $Xml.WriteStartElement('parameter', $namespaces.command)
    $Xml.WriteAttributeString('required', $Set.IsMandatory.ToString().ToLowerInvariant())
    $Xml.WriteAttributeString('variableLength', 'true')
    $Xml.WriteAttributeString('globbing', ($Parameter.Attributes.TypeId -contains [Management.Automation.SupportsWildcardsAttribute]).ToString().ToLowerInvariant())
    $Xml.WriteAttributeString('pipelineInput', $(if ($input) { "True ($($input -join ', '))" } else { 'False' }))
    $Xml.WriteAttributeString('position', $(if ($Set.Position -lt 0) { 'named' } else { "$($Set.Position)" }))
    $Xml.WriteAttributeString('aliases', $(if ($Parameter.Aliases) { $Parameter.Aliases -join ', ' } else { 'none' }))
    $Xml.WriteElementString('name', $namespaces.maml, $Parameter.Name)
    Write-Paragraph $Xml 'description' 'maml' $Description
    if (-not $isSwitch) {
        $Xml.WriteStartElement('parameterValue', $namespaces.command)
        $Xml.WriteAttributeString('required', 'true')
        $Xml.WriteAttributeString('variableLength', 'false')
        $Xml.WriteString((Get-TypeName $Parameter.ParameterType))
        $Xml.WriteEndElement()
    }
    $Xml.WriteStartElement('type', $namespaces.dev)
    $Xml.WriteElementString('name', $namespaces.maml, (Get-TypeName $Parameter.ParameterType))
    $Xml.WriteEndElement()
    $Xml.WriteEndElement()
}

function Write-Types($Xml, [string] $Outer, [string] $Inner, [string] $Text) {
    $Xml.WriteStartElement($Outer, $namespaces.command)
    foreach ($line in $Text -split '\r?\n' | Where-Object { $_ }) {
        $Xml.WriteStartElement($Inner, $namespaces.command)
        $Xml.WriteStartElement('type', $namespaces.dev)
        $Xml.WriteElementString('name', $namespaces.maml, (ConvertTo-Plain $line))
        $Xml.WriteEndElement()
        $Xml.WriteEndElement()
    }
    $Xml.WriteEndElement()
}

function Write-Examples($Xml, $Examples) {
    $Xml.WriteStartElement('examples', $namespaces.command)
    foreach ($title in $Examples.Keys) {
        $match = [regex]::Match($Examples[$title], '(?s)```powershell\r?\n(.*?)\r?\n```(.*)')
        if (-not $match.Success) { throw "'$title' has no code" }
        $Xml.WriteStartElement('example', $namespaces.command)
        $Xml.WriteElementString('title', $namespaces.maml, "-------- $title --------")
        $Xml.WriteElementString('code', $namespaces.dev, $match.Groups[1].Value)
        Write-Paragraph $Xml 'remarks' 'dev' ($match.Groups[2].Value.Trim() + "`n`n ")
        $Xml.WriteEndElement()
    }
    $Xml.WriteEndElement()
}

function Write-Command($Xml, $Command, [string] $Text) {
    $parts = Split-Heading $Text 2
    $described = Split-Heading $parts.PARAMETERS 3
    $Xml.WriteStartElement('command', 'command', $namespaces.command)
    foreach ($prefix in 'maml', 'dev') { $Xml.WriteAttributeString('xmlns', $prefix, $null, $namespaces[$prefix]) }
    $Xml.WriteStartElement('details', $namespaces.command)
    $Xml.WriteElementString('name', $namespaces.command, $Command.Name)
    $Xml.WriteElementString('verb', $namespaces.command, $Command.Verb)
    $Xml.WriteElementString('noun', $namespaces.command, $Command.Noun)
    Write-Paragraph $Xml 'description' 'maml' $parts.SYNOPSIS
    $Xml.WriteEndElement()
    Write-Paragraph $Xml 'description' 'maml' $parts.DESCRIPTION
    $Xml.WriteStartElement('syntax', $namespaces.command)
    foreach ($set in $Command.ParameterSets) {
        $Xml.WriteStartElement('syntaxItem', $namespaces.command)
        $Xml.WriteElementString('name', $namespaces.maml, $Command.Name)
        $shown = $set.Parameters | Where-Object Name -NotIn $common | Sort-Object { -not $_.IsMandatory }, { $_.Position -lt 0 }, Position, Name
        foreach ($parameter in $shown) { Write-Parameter $Xml $Command.Parameters[$parameter.Name] $parameter '' }
        $Xml.WriteEndElement()
    }
    $Xml.WriteEndElement()
    $Xml.WriteStartElement('parameters', $namespaces.command)
    foreach ($parameter in $Command.Parameters.Values | Where-Object Name -NotIn $common | Sort-Object Name) {
        $description = $described["-$($parameter.Name)"]
        if (-not $description) { throw "docs/cmdlets/$($Command.Name).md does not describe -$($parameter.Name)" }
        $set = $Command.ParameterSets.Parameters | Where-Object Name -EQ $parameter.Name | Select-Object -First 1
        Write-Parameter $Xml $parameter $set $description
    }
    $Xml.WriteEndElement()
    Write-Types $Xml 'inputTypes' 'inputType' $parts.INPUTS
    Write-Types $Xml 'returnValues' 'returnValue' $parts.OUTPUTS
    Write-Examples $Xml (Split-Heading $parts.EXAMPLES 3)
    $Xml.WriteStartElement('relatedLinks', $namespaces.command)
    foreach ($link in [regex]::Matches($parts.'RELATED LINKS', '\[([^\]]+)\]')) {
        $Xml.WriteStartElement('navigationLink', $namespaces.maml)
        $Xml.WriteElementString('linkText', $namespaces.maml, $link.Groups[1].Value)
        $Xml.WriteEndElement()
    }
    $Xml.WriteEndElement()
    $Xml.WriteEndElement()
}

function Write-About([string] $Path) {
    $text = Get-Content -Raw $Path
    $lines = @('TOPIC', "    $([IO.Path]::GetFileNameWithoutExtension($Path))", '')
    $text = [regex]::Replace($text, '(?m)^(## .+)(\r?\n)\s*\n', '$1$2')
    foreach ($line in (ConvertTo-Plain $text) -split '\r?\n' | Select-Object -Skip 2) {
        $lines += if ($line -match '^## (.+)') { $Matches[1].ToUpperInvariant() } elseif ($line -match '^#+ (.+)') { "  $($Matches[1])" } elseif ($line) { "    $line" } else { '' }
    }
    Set-Content (Join-Path $Destination "$([IO.Path]::GetFileNameWithoutExtension($Path)).help.txt") ($lines -replace '^ {8}', '      ')
}

$null = New-Item -ItemType Directory -Force $Destination
$settings = [Xml.XmlWriterSettings]@{ Indent = $true; Encoding = [Text.UTF8Encoding]::new($false) }
$xml = [Xml.XmlWriter]::Create((Join-Path $Destination 'HpcAgent.Cmdlets.dll-Help.xml'), $settings)
try {
    $xml.WriteStartElement('helpItems', 'http://msh')
    $xml.WriteAttributeString('schema', 'maml')
    foreach ($command in Get-Command -Module HpcAgent | Sort-Object Name) {
        $path = Join-Path $Root "docs/cmdlets/$($command.Name).md"
        if (-not (Test-Path $path)) { throw "$path is missing" }
        Write-Command $xml $command (Get-Content -Raw $path)
    }
    $xml.WriteEndElement()
}
finally { $xml.Dispose() }
foreach ($topic in Get-ChildItem (Join-Path $Root 'docs/about') -Filter 'about_*.md') { Write-About $topic.FullName }
