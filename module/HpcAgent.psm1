# Loads the model into the default context and all the rest into a private one; see docs/architecture.md.
$path = [IO.Path]::Combine($PSScriptRoot, 'bin', 'HpcAgent.dll')
if (-not [IO.File]::Exists($path)) { throw "'$path' is missing. In a source tree, run ./build.ps1 or dotnet build first." }
# One process can hold one copy of the model; an old one under a new module would be worse than an error.
foreach ($assembly in [AppDomain]::CurrentDomain.GetAssemblies()) {
    if ($assembly.GetName().Name -eq 'HpcAgent' -and $assembly.Location -ne $path) {
        throw "HpcAgent is already loaded from '$($assembly.Location)'. Start a new session to use '$path'."
    }
}
# Not in the manifest: its types come before this script, and of a second copy they would fail with words of their own.
$types = [IO.Path]::Combine($PSScriptRoot, 'HpcAgent.Types.ps1xml')
Microsoft.PowerShell.Utility\Update-TypeData -AppendPath $types
$context = [Reflection.Assembly]::LoadFrom($path).GetType('HpcAgent.LoadContext')
$cmdlets = Microsoft.PowerShell.Core\Import-Module -Assembly $context::Initialize() -PassThru
$ExecutionContext.SessionState.Module.OnRemove = { Microsoft.PowerShell.Core\Remove-Module -ModuleInfo $cmdlets -Force; Microsoft.PowerShell.Utility\Remove-TypeData -Path $types -ErrorAction Ignore }.GetNewClosure()
