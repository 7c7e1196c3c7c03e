# Loads the model into the default context and all the rest into a private one; see docs/architecture.md.
$path = [IO.Path]::Combine($PSScriptRoot, 'bin', 'HpcAgent.dll')
if (-not [IO.File]::Exists($path)) { throw "'$path' is missing. In a source tree, run ./build.ps1 (or dotnet build) first." }
$context = 'HpcAgent.LoadContext' -as [type]
if ($context -and $context.Assembly.Location -ne $path) {
    throw "HpcAgent is already loaded from '$($context.Assembly.Location)'. Start a new session to use '$path'."
}
if (-not $context) { $context = [Reflection.Assembly]::LoadFrom($path).GetType('HpcAgent.LoadContext') }
# An HpcAgent from before this loader is found by its assembly name, not by its load context.
if (-not $context) { throw "Another HpcAgent is already loaded. Start a new session to use '$path'." }
$cmdlets = Microsoft.PowerShell.Core\Import-Module -Assembly $context::Initialize() -PassThru
$ExecutionContext.SessionState.Module.OnRemove = { Microsoft.PowerShell.Core\Remove-Module -ModuleInfo $cmdlets -Force }.GetNewClosure()
