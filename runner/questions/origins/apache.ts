import { alone, backlog, FOLDER, type OriginServer, SPARE_THREADS } from './origin-server.ts'

/** mod_wsgi in Apache's own processes, or in a daemon beside them. */
export function onApache(mode: 'embedded' | 'daemon'): OriginServer {
  const command = () => ['apache2', '-D', 'FOREGROUND', '-d', '{folder}', '-f', '{folder}/apache.conf']
  const daemon = (folder: string) => `WSGISocketPrefix ${folder}/wsgi
WSGIDaemonProcess origins processes=1 threads=1 python-path=${FOLDER}
WSGIProcessGroup origins
`
  const user = process.getuid?.() === 0 ? 'User www-data\nGroup www-data\n' : ''
  const configuration = (port: number, folder: string, threads: number) => `ServerName localhost
Listen 127.0.0.1:${port}
ListenBacklog ${backlog()}
DefaultRuntimeDir ${folder}
PidFile ${folder}/apache.pid
ErrorLog ${folder}/error.log
LogLevel warn
${user}LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule wsgi_module /usr/lib/apache2/modules/mod_wsgi.so
ServerLimit 1
StartServers 1
ThreadsPerChild ${threads}
MinSpareThreads 1
MaxSpareThreads ${threads + 1}
MaxRequestWorkers ${threads}
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 300
WSGIPythonPath ${FOLDER}
WSGIApplicationGroup %{GLOBAL}
WSGIScriptAlias / ${FOLDER}/wsgi_skeleton.py
${mode === 'daemon' ? daemon(folder) : ''}# As in Debian's apache2.conf: otherwise every folder on the way is searched for .htaccess at every request.
<Directory />
  Options FollowSymLinks
  AllowOverride None
  Require all denied
</Directory>
<Directory ${FOLDER}>
  Require all granted
</Directory>
`
  return alone(
    `apache-${mode}`,
    `WSGI skeleton on Apache (mod_wsgi, ${mode})`,
    'apache2-bin libapache2-mod-wsgi-py3',
    [],
    command,
    (connections) => ({
      transports: ['tcp'],
      answering: 'any-thread',
      // As root it gives up its rights.
      ...(user !== '' && { isEnteredByOthers: true }),
      files: ({ listen, folder }) =>
        new Map([
          ['apache.conf', configuration(listen.transport === 'tcp' ? listen.port : 0, folder, connections + SPARE_THREADS)],
        ]),
    }),
  )
}
