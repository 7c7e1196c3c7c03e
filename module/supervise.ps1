# Runs the embedded scheduler inside pwsh, on machines without any other .NET.
param([string] $Verb, [string] $Folder)
$null = [Reflection.Assembly]::LoadFrom("$PSScriptRoot/HpcAgent.Engine.dll")
exit [HpcAgent.Engine.Local.SupervisorHost]::RunAsync($Folder).GetAwaiter().GetResult()
