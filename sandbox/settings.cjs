/** Node-RED's settings for `npm start`: loopback only, no tour and no telemetry. `.cjs`, because Node-RED loads it with require. */
module.exports = {
  uiHost: '127.0.0.1',
  flowFile: 'flows.json',
  flowFilePretty: true,
  telemetry: { enabled: false, updateNotification: false },
  editorTheme: { tours: false },
  logging: { console: { level: 'info' } },
};
